// Answers the requests of worker/api.ts: what the child process and the command line have in common.
import { join } from 'node:path';
import { EngineError, type EngineRequestName, type EngineRequests, type Thumbnail } from './api';
import { throwIfCancelled } from './cancel';
import { taskContext, type Run } from './engine';
import { placeInFolders } from './export/folders';
import { toTable } from './export/tables';
import { parseLabels } from './labels';
import { getModel } from './models/get';
import { listModels } from './models/list';
import { parseModelName } from './models/name';
import { startDownload } from './models/progress';
import { mapOf } from './map';
import { packAnalysis } from './packed-analysis';
import { cluster } from './pipeline';
import { writeReport } from './report';
import { makeSample } from './sample';
import { similarRegion } from './similar-region';
import { analysisVersion, loadAnalysis, publicAnalysis, readHeatMaps } from './store/analysis';

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

export const handlers: EngineHandlers = {
  cluster,
  similarRegion,

  async analysisId({ cache }, { folder }) {
    return (await analysisVersion(cache, folder)) ?? null;
  },

  async analysis({ cache }, { folder }) {
    const stored = await loadAnalysis(cache, folder);
    return stored ? packAnalysis(await publicAnalysis(cache, stored)) : null;
  },

  async map(run, { folder }) {
    const stored = await loadAnalysis(run.cache, folder);
    return stored ? mapOf(run, stored) : null;
  },

  async heatMaps({ cache }, { folder, paths }) {
    const stored = await loadAnalysis(cache, folder);
    return stored ? readHeatMaps(cache, stored, paths) : [];
  },

  async thumbnails(run, { folder, paths }) {
    const range = (await loadAnalysis(run.cache, folder))?.range;
    const thumbnails: Thumbnail[] = [];
    for await (const [path, result] of run.pool.runInOrder('thumbnail', paths, (path) => ({
      file: join(folder, path),
      range,
      side: thumbnailSide,
      ...taskContext(run),
    }))) {
      thumbnails.push(result.ok ? { path, file: result.value } : { path, reason: result.reason });
    }
    return thumbnails;
  },

  async picture(run, { folder, path }) {
    const stored = await loadAnalysis(run.cache, folder);
    const [side, context] = [pictureSide, taskContext(run)];
    const image = { file: join(folder, path), range: stored?.range, side, lossless: true, ...context };
    const result = await run.pool.run('thumbnail', image);
    if (!result.ok) throw new EngineError('internal', `${path} ${result.reason}.`, path);
    const mask = stored?.masks?.[path];
    if (!mask) return { file: result.value };
    const source = { ...mask, file: join(folder, mask.file) };
    const outline = await run.pool.run('maskOutline', { mask: source, side, ...context });
    return { file: result.value, ...(outline.ok ? { mask: outline.value } : {}) };
  },

  async exportTable({ cache }, { folder, labels, format }) {
    return toTable(format, parseLabels(labels), (await loadAnalysis(cache, folder)) ?? null);
  },

  exportFolders({ flag }, { folder, labels, target, placing }) {
    return placeInFolders(parseLabels(labels), folder, target, placing, () => throwIfCancelled(flag));
  },

  async report(run, { folder, labels, file }) {
    const stored = await loadAnalysis(run.cache, folder);
    if (!stored) {
      const message =
        'The report needs heat maps, which are not on this machine yet. Cluster the folder again, then export.';
      throw new EngineError('internal', message, folder);
    }
    await writeReport(run, join(run.modelsFolder, '..', 'dist', 'webview', 'report.html'), file, {
      folder,
      labels,
      notes: [],
      failures: [],
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
