// A workspace with sample images, and where their defects are.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { parseLabels, type LabelDocument } from '../../worker/labels';
import { makeSample, type SampleOptions } from '../../worker/sample';

export interface Workspace {
  /** Opened in VS Code. */
  folder: string;
  /** The cache that the engine uses. */
  cache: string;
  /** Its sub-folder of images. */
  dataset: string;
  labelFile: string;
  remove(): void;
}

export async function createWorkspace(options: SampleOptions): Promise<Workspace> {
  const root = mkdtempSync(join(tmpdir(), 'e2e-'));
  const folder = join(root, 'workspace');
  const dataset = join(folder, 'parts');
  mkdirSync(folder);
  await makeSample(dataset, options);
  return {
    folder,
    cache: join(root, 'cache'),
    dataset,
    labelFile: join(dataset, 'anomaly-clusters.json'),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

export function readLabels({ labelFile }: Workspace): LabelDocument {
  return parseLabels(readFileSync(labelFile, 'utf8'));
}

/** How far a place (0..1 of width and height) is from an image's defect, as a share of the image's side. */
export async function distanceToDefect({ dataset }: Workspace, image: string, x: number, y: number): Promise<number> {
  const mask = image.replace('test/', 'ground_truth/').replace('.png', '_mask.png');
  const { data, info } = await sharp(join(dataset, mask)).greyscale().raw().toBuffer({ resolveWithObject: true });
  let least = Infinity;
  for (let offset = 0; offset < data.length; offset++) {
    if (data[offset]! < 128) continue;
    const [column, row] = [offset % info.width, Math.floor(offset / info.width)];
    least = Math.min(least, Math.hypot((column + 0.5) / info.width - x, (row + 0.5) / info.height - y));
  }
  return least;
}
