// What the last run of a folder is worth beyond its labels: the whole dendrogram, and where its heat maps point.
import { join } from 'node:path';
import type { HeatMap } from '../api/analysis';
import { probeImage } from '../images/decode';
import { withImageFile } from '../images/image-file';
import { readMask, type Mask } from '../images/masks';
import type { ScannedImage } from '../images/layout';
import { loadAnalysis, readHeatMaps } from './stored';
import type { Cache } from '../store/cache';
import { auroc, type ScoredPixels } from '../evaluation/auroc';
import { isCounted } from '../evaluation/paper-protocol';
import { isGoodName } from '../images/folder-names';
import { purityCurve, recallAt } from '../evaluation/purity';
import { upsample } from '../evaluation/upsample';

export interface RunEvaluation {
  /** Area under the purity curve (Table 3). */
  mAUC: number;
  /** R@0.9, R@0.95, R@0.99. */
  recall: Record<string, number>;
  /** Pixel AUROC of the heat maps; null without masks. */
  auroc: number | null;
}

/**
 * Undefined when the cache does not know the last run of the folder.
 * @throws EngineError `mask-invalid`
 */
export async function evaluateLastRun(
  cache: Cache,
  folder: string,
  scanned: ScannedImage[],
): Promise<RunEvaluation | undefined> {
  const analysis = await loadAnalysis(cache, folder);
  if (analysis === undefined) return undefined;
  const truths = new Map(scanned.map(({ path, truth }) => [path, truth]));
  const truth = analysis.images
    .map(({ path }) => truths.get(path))
    .map((name) => (name && isCounted(name) ? name : undefined));
  if (truth.every((name) => name === undefined)) return undefined;
  const { purity, mAUC } = purityCurve(analysis.merges, truth);
  const recall = Object.fromEntries([0.9, 0.95, 0.99].map((level) => [String(level), recallAt(purity, level)]));

  const shown = new Set(analysis.images.map(({ path }) => path));
  const maps: (HeatMap & { width: number; height: number; mask: Mask | undefined })[] = [];
  for (const image of scanned) {
    const isUsed = image.masks !== undefined || (image.truth !== undefined && isGoodName(image.truth));
    if (!isUsed || !shown.has(image.path)) continue;
    const [map] = await readHeatMaps(cache, analysis, [image.path]);
    if (map === undefined) continue;
    const { width, height } = await withImageFile(join(folder, image.path), probeImage);
    const files = (image.masks ?? []).map((mask) => join(folder, mask));
    maps.push({ ...map, width, height, mask: await readMask({ files, width, height }) });
  }
  const pixels = function* (): Generator<ScoredPixels> {
    for (const { distances, grid, width, height, mask } of maps) {
      yield { scores: upsample(distances, grid, width, height), mask: mask?.values };
    }
  };
  return { mAUC, recall, auroc: auroc(pixels) };
}
