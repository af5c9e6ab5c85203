// Heat maps as files for other programs: pictures of 16 bits at the size of the images, or NumPy arrays of the patches.
import { join } from 'node:path';
import sharp from 'sharp';
import { EngineError } from '../api/errors';
import type { FolderExport } from '../api/requests';
import { upsample } from '../evaluation/upsample';
import { withExtension, writeNewFile } from '../export/new-file';
import { ImageError, probeImage } from '../images/decode';
import { withImageFile } from '../images/image-file';
import { fileInside, outsideReason } from '../images/inside';
import { fileProblem } from '../pool/tasks/outcome';
import type { Cache } from '../store/cache';
import { loadAnalysis, readHeatMaps, readScale } from './stored';

/** What the files of an export are: 16-bit PNG, or .npy. */
export type HeatMapFormat = 'heat-maps' | 'npy';

const extensions = { 'heat-maps': '.png', npy: '.npy' } as const;
const largestValue = 65535;
/** Beside the files: what their numbers mean. */
const aboutFile = 'heat-maps.json';

/**
 * Writes the heat map of every image of a label file below a folder, under the image's path. PNG: grey, 16 bits, as large as the image,
 * from the smallest score of the folder (0) to the largest (65535). NumPy: float32 scores (rows, columns) of the patches. `heat-maps.json`
 * says what the numbers are, and where patches lie. Nothing that is there is overwritten.
 * @param folder absolute path of the clustered folder
 * @param target absolute path; made where it is missing
 * @param onStep called for every image; may throw to stop
 * @throws EngineError `internal` where this machine has no run of the folder; `not-writable`
 */
export async function writeHeatMaps(
  cache: Cache,
  folder: string,
  paths: readonly string[],
  { target, format, onStep }: { target: string; format: HeatMapFormat; onStep?: () => void },
): Promise<FolderExport> {
  const analysis = await loadAnalysis(cache, folder);
  if (!analysis) {
    const message =
      'Heat maps are those of the last run, which is not on this machine. Cluster the folder again, then export.';
    throw new EngineError({ code: 'internal', file: folder }, message);
  }
  const scale = await readScale(cache, analysis);
  const fileOf = withExtension(paths, extensions[format]);
  const result: FolderExport = { placed: 0, failures: [] };
  const grids = new Map<string, object>();
  for (const path of paths) {
    onStep?.();
    try {
      const source = fileInside(folder, path);
      if (source === undefined) throw new ImageError(outsideReason);
      const [map] = await readHeatMaps(cache, analysis, [path]);
      if (!map)
        throw new ImageError('has no heat map: it was not in the last run, or the cache lost it. Cluster again');
      const { distances, grid } = map;
      const bytes = format === 'npy' ? npy(distances, [grid.rows, grid.columns]) : await picture(source, map, scale);
      await writeNewFile(join(target, fileOf.get(path)!), bytes);
      grids.set(path, { file: fileOf.get(path), ...grid });
      result.placed++;
    } catch (error) {
      const reason = error instanceof ImageError ? error.message : fileProblem(error);
      if (reason === undefined || error instanceof EngineError) throw error;
      result.failures.push({ path, reason });
    }
  }
  if (result.placed === 0) return result;
  const { name, distance } = analysis.embedded?.network ?? {};
  const about = { network: name, distance, scale, images: Object.fromEntries(grids) };
  await writeNewFile(join(target, aboutFile), `${JSON.stringify(about, null, 1)}\n`).catch((error: unknown) => {
    if (!(error instanceof ImageError)) throw error;
    result.failures.push({ path: aboutFile, reason: error.message });
  });
  return result;
}

async function picture(
  source: string,
  { distances, grid }: { distances: Float32Array; grid: Parameters<typeof upsample>[1] },
  { min, max }: { min: number; max: number },
): Promise<Uint8Array> {
  const { width, height } = await withImageFile(source, probeImage);
  const factor = max > min ? largestValue / (max - min) : 0;
  const values = Uint16Array.from(upsample(distances, grid, width, height), (score) =>
    Math.round(Math.min(Math.max((score - min) * factor, 0), largestValue)),
  );
  return sharp(values, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png({ compressionLevel: 6 })
    .toBuffer();
}

/** As NumPy reads it: version 1.0 of its format, little-endian float32 in C order. */
function npy(values: Float32Array, shape: readonly number[]): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const start = 10;
  const alignment = 64;
  const length = Math.ceil((start + description.length + 1) / alignment) * alignment - start;
  const header = Buffer.from(`\x93NUMPY\x01\x00__${description.padEnd(length - 1)}\n`, 'latin1');
  header.writeUInt16LE(length, start - 2);
  return Buffer.concat([header, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]);
}
