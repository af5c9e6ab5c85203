// Answers the requests of worker/api/requests.ts: what the child process and the command line have in common.
import { join } from 'node:path';
import type { EngineRequestName, EngineRequests, Thumbnail } from './api/requests';
import { EngineError } from './api/errors';
import { throwIfCancelled } from './base/cancel';
import type { Run } from './session/run';
import { scanFolder } from './images/scan';
import { fileInside, outsideReason } from './images/inside';
import { exportFiles, exportText } from './analysis/export-labels';
import { parseLabels, parseRegionKey } from './labels';
import { getModel } from './models/get';
import { listModels } from './models/list';
import { parseModelName } from './models/name';
import { startDownload } from './models/progress';
import { clusterCounts } from './analysis/cluster-counts';
import { mapOf } from './analysis/map';
import { packAnalysis } from './api/packed-analysis';
import { exportCatalogue } from './pipeline/export-catalogue';
import { folderDifferences } from './pipeline/folder-differences';
import { missingImages } from './pipeline/missing-images';
import { cluster } from './pipeline/pipeline';
import { withHeatMaps } from './analysis/heat-thumbnails';
import { writeReport } from './analysis/write-report';
import { makeSample } from './sample';
import { similarRegion } from './analysis/similar-region';
import { analysisOfRegions, readRegionHeatMaps, readRegionsOf } from './analysis/region-analysis';
import { analysisVersion } from './analysis/opening';
import { loadAnalysis, publicAnalysis, readHeatMaps, type StoredAnalysis } from './analysis/stored';
import { readCoordinates } from './analysis/stored-coordinates';

/** One handler a request. */
export type EngineHandlers = {
  [Name in EngineRequestName]: (
    run: Run,
    params: EngineRequests[Name]['params'],
  ) => Promise<EngineRequests[Name]['result']>;
};

/** Longest side of a thumbnail in pixels: sharp on a display with two pixels a point at the gallery's usual size. */
const thumbnailSide = 320;
/** Longest side of a picture that is looked at by itself. */
const pictureSide = 4096;

/** The last run of images, or of what was found in them. */
function itemsOf(
  stored: Readonly<StoredAnalysis> | undefined,
  ofRegions: boolean,
): Readonly<StoredAnalysis> | undefined {
  return ofRegions ? stored && analysisOfRegions(stored) : stored;
}

export const handlers: EngineHandlers = {
  cluster,
  similarRegion,

  async analysis({ cache }, { folder, ofRegions = false }) {
    const stored = itemsOf(await loadAnalysis(cache, folder), ofRegions);
    if (!stored) return null;
    return packAnalysis(await publicAnalysis(cache, stored));
  },

  async further({ cache }, { folder, analysisId }) {
    const stored = await loadAnalysis(cache, folder);
    const further = await readCoordinates(cache, stored?.further);
    // Not those of a run that ended meanwhile.
    return (await analysisVersion(cache, folder)) === analysisId ? (further ?? null) : null;
  },

  async map(run, { folder, ofRegions = false }) {
    const stored = itemsOf(await loadAnalysis(run.cache, folder), ofRegions);
    return stored ? mapOf(run, stored) : null;
  },

  async clusterCounts({ cache }, { folder }) {
    const last = await loadAnalysis(cache, folder);
    // Where regions were grouped, their dendrogram is cut.
    const stored = last && (analysisOfRegions(last) ?? last);
    return stored ? clusterCounts(stored) : [];
  },

  async datasets(_run, { folder }) {
    return (await scanFolder(folder)).datasets;
  },

  differences: (run, { folder, labels }) => folderDifferences(run, folder, labels),

  missing: (_run, { folder, labels }) => missingImages(folder, labels),

  async heatMaps({ cache }, { folder, paths, ofRegions = false }) {
    const stored = await loadAnalysis(cache, folder);
    if (!stored) return [];
    const whole = ofRegions ? paths.filter((path) => !parseRegionKey(path)) : paths;
    const parts = ofRegions ? await readRegionHeatMaps(cache, stored, paths) : [];
    return [...(await readHeatMaps(cache, stored, whole)), ...parts];
  },

  async regions({ cache }, { folder, paths }) {
    const stored = await loadAnalysis(cache, folder);
    return stored ? readRegionsOf(cache, stored, paths) : [];
  },

  async thumbnails(run, { folder, paths, side = thumbnailSide, withHeat = false, ofRegions = false }) {
    const stored = await loadAnalysis(run.cache, folder);
    const range = stored?.range;
    const files = paths.map((path) => {
      const region = ofRegions ? parseRegionKey(path) : undefined;
      return { path, file: fileInside(folder, region?.path ?? path), around: region?.box };
    });
    const refused = files.filter(({ file }) => file === undefined);
    const thumbnails: Thumbnail[] = refused.map(({ path }) => ({ path, reason: outsideReason }));
    const opened = files.flatMap(({ file, ...rest }) => (file === undefined ? [] : [{ ...rest, file }]));
    for await (const [{ path }, result] of run.tasks('thumbnail', opened, ({ file, around }) => ({
      ...{ file, range, side, around },
    }))) {
      thumbnails.push(result.ok ? { path, file: result.value } : { path, reason: result.reason });
    }
    return withHeat && stored ? withHeatMaps(run.cache, stored, thumbnails) : thumbnails;
  },

  async picture(run, { folder, path }) {
    const stored = await loadAnalysis(run.cache, folder);
    const side = pictureSide;
    const image = fileInside(folder, path);
    if (image === undefined) throw new EngineError({ code: 'internal', file: path }, `${path} ${outsideReason}.`);
    const result = await run.task('thumbnail', {
      file: image,
      range: stored?.range,
      side,
      lossless: true,
    });
    if (!result.ok) throw new EngineError({ code: 'internal', file: path }, `${path} ${result.reason}.`);
    const mask = stored?.maskFiles?.[path];
    if (!mask) return { file: result.value };
    const source = { ...mask, files: mask.files.map((file) => join(folder, file)) };
    const outline = await run.task('maskOutline', { mask: source, side });
    return { file: result.value, ...(outline.ok ? { mask: outline.value } : {}) };
  },

  catalogue: exportCatalogue,

  exportTable({ cache, flag }, { folder, labels, format }) {
    return exportText(cache, folder, parseLabels(labels), { format, onStep: () => throwIfCancelled(flag) });
  },

  exportFolders({ cache, flag }, { folder, labels, target, format, placing }) {
    const onStep = () => throwIfCancelled(flag);
    return exportFiles(cache, folder, parseLabels(labels), { target, format, placing, onStep });
  },

  async report(run, { folder, labels, file }) {
    const stored = await loadAnalysis(run.cache, folder);
    if (!stored) {
      const message =
        'The report needs heat maps, which are not on this machine yet. Cluster the folder again, then export.';
      throw new EngineError({ code: 'internal', file: folder }, message);
    }
    await writeReport(run, join(run.modelsFolder, '..', 'dist', 'webview', 'report.html'), file, {
      folder,
      labels,
    });
    return null;
  },

  sample: (_run, { folder }) => makeSample(folder),

  models: ({ modelsFolder }) => listModels(modelsFolder),

  async getModel({ modelsFolder, flag, onProgress }, { name, proxy }) {
    await getModel(modelsFolder, { name, proxy, flag, onProgress: startDownload(onProgress) });
    const { id } = parseModelName(name);
    return (await listModels(modelsFolder)).find((each) => each.id === id)!;
  },
};
