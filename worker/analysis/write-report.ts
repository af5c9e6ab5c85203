// The report: one self-contained HTML file, the gallery's page with its data inside.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ReportData, ReportImage } from '../api/report-data';
import { EngineError } from '../api/errors';
import type { Run } from '../session/run';
import { mapOf } from './map';
import { loadAnalysis, publicAnalysis, readHeatMaps, type StoredAnalysis } from './stored';
import { replaceFile } from '../store/atomic-write';
import { requireFolder } from '../store/require-folder';

/** What the built page has in the place of its data. */
const marker = '/*PAGE_DATA*/';

/** Longest side of a picture in the report, in pixels. */
const thumbnailSide = 192;

/**
 * @param page path of the built report page
 * @param file where the report goes
 * @throws EngineError `not-writable`
 */
export async function writeReport(
  run: Run,
  page: string,
  file: string,
  { folder, labels }: { folder: string; labels: string },
): Promise<void> {
  await requireFolder(dirname(file));
  const stored = await loadAnalysis(run.cache, folder);
  if (stored === undefined) {
    throw new EngineError(
      { code: 'internal' },
      `The cache could not keep what the report needs. ${run.cache.problem ?? ''}`,
    );
  }
  const data: ReportData = {
    title: basename(folder),
    labels,
    notes: (stored.notes ?? []).filter(({ label }) => !technical.has(label)),
    made: { date: new Date().toISOString(), version: await versionOf(run), folder },
    ...(await analysisForReport(run, stored)),
    failures: stored.failures ?? [],
    grid: stored.grid,
    images: await reportImages(run, folder, stored),
  };
  await replaceFile(file, fillPage(await readFile(page, 'utf8'), data));
}

/** What interests those who run the program, and not those who read its reports. */
const technical = new Set(['Devices tried', 'Worth a look']);

/** Of this program; empty where its package is not around it. */
async function versionOf({ modelsFolder }: Run): Promise<string> {
  const text = await readFile(join(modelsFolder, '..', 'package.json'), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { version?: string }).version ?? '';
}

/** Puts its data into a built page. */
export function fillPage(page: string, data: unknown): string {
  // "<" could close the script element that holds the data.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return page.replace(marker, () => json);
}

async function analysisForReport(
  run: Run,
  stored: StoredAnalysis,
): Promise<Pick<ReportData, 'analysis' | 'coordinates' | 'map'>> {
  const { coordinates, ...analysis } = await publicAnalysis(run.cache, stored);
  if (!coordinates) return { analysis };
  const map = await mapOf(run, stored);
  return {
    analysis,
    coordinates: { dimensions: coordinates.dimensions, values: base64(coordinates.values) },
    ...(map ? { map: base64(map) } : {}),
  };
}

function base64({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

async function reportImages(run: Run, folder: string, stored: StoredAnalysis): Promise<ReportImage[]> {
  const images: ReportImage[] = [];
  const paths = stored.images.map(({ path }) => path);
  for await (const [path, result] of run.tasks('thumbnail', paths, (path) => ({
    file: join(folder, path),
    range: stored.range,
    side: thumbnailSide,
  }))) {
    if (!result.ok) continue;
    const elongation = stored.embedded?.images[images.length]?.elongation ?? 1;
    const [map] = await readHeatMaps(run.cache, stored, [path]);
    images.push({
      path,
      thumbnail: `data:image/webp;base64,${(await readFile(result.value)).toString('base64')}`,
      heatMap: map ? Buffer.from(toBytes(map.distances, stored.scale)).toString('base64') : '',
      ...(elongation === 1 ? {} : { elongation }),
    });
  }
  return images;
}

/** One byte a patch over the folder's scale. */
function toBytes(distances: Float32Array, { min, max }: StoredAnalysis['scale']): Uint8Array {
  const factor = max > min ? 255 / (max - min) : 0;
  return new Uint8Array(Uint8ClampedArray.from(distances, (distance) => (distance - min) * factor).buffer);
}
