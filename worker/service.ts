// Answers the requests of worker/api.ts: what the child process and the command line have in common.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineRequestName, EngineRequests, Thumbnail } from './api';
import { taskContext, type Run } from './engine';
import { getModel } from './models/get';
import { listModels } from './models/list';
import { parseModelName } from './models/name';
import { startDownload } from './models/progress';
import { cluster } from './pipeline';
import { makeSample } from './sample';
import { loadAnalysis, publicAnalysis, readHeatMaps } from './store/analysis';

/** One handler a request. */
export type EngineHandlers = {
  [Name in EngineRequestName]: (
    run: Run,
    params: EngineRequests[Name]['params'],
  ) => Promise<EngineRequests[Name]['result']>;
};

/** Longest side of a thumbnail in pixels: sharp on a display with two pixels a point at the gallery's usual size. */
const thumbnailSide = 320;

export const handlers: EngineHandlers = {
  cluster,

  async paths({ cache }) {
    const thumbnails = join(cache.folder, 'thumbnails');
    await mkdir(thumbnails, { recursive: true }).catch(() => undefined);
    return { thumbnails };
  },

  async analysis({ cache }, { folder }) {
    const stored = await loadAnalysis(cache, folder);
    return stored ? publicAnalysis(stored) : null;
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

  sample: (_run, { folder }) => makeSample(folder),

  models: ({ modelsFolder }) => listModels(modelsFolder),

  async getModel({ modelsFolder, flag, onProgress }, { name, proxy }) {
    await getModel(modelsFolder, { name, proxy, flag, onProgress: startDownload(onProgress) });
    const { id } = parseModelName(name);
    return (await listModels(modelsFolder)).find((each) => each.id === id)!;
  },
};
