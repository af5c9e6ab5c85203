// Groups images by a head that is trained for them: SCAN, IIC or GATCluster on maps of the frozen network.
import type { TrainedClustererName } from '../api/settings';
import { throwIfCancelled } from '../base/cancel';
import { EngineError } from '../api/errors';
import type { ImageSource } from '../pool/tasks/context';
import type { Run } from '../session/run';
import type { Session } from '../session/session';
import { loadTensors } from '../training/library';
import type { ViewMaps } from '../training/maps';
import { train, type EpochReport, type Trained } from '../training/train';
import { findViewMaps } from './view-maps';

/**
 * The maps of images that are known to be usable.
 * @throws EngineError `invalid-setting` where the library is missing, before anything is embedded; `internal` when an image is no longer what it was
 */
export async function mapsForTraining(session: Session, sources: readonly ImageSource[]): Promise<ViewMaps> {
  await loadTensors();
  const { maps, failures } = await findViewMaps(session, sources, () => throwIfCancelled(session.run.flag));
  const [failed] = failures;
  if (failed) throw new EngineError({ code: 'internal' }, `${sources[failed[0]]!.file} ${failed[1]}. Run again.`);
  return maps;
}

export interface TrainClustererOptions {
  k: number;
  seed: number;
  /** For looking on: nothing of it decides on anything. */
  onEpoch?: (report: EpochReport) => void;
}

/**
 * Trains with progress: epochs, loss, and the time that is left at most.
 * @throws EngineError `invalid-setting`, `cancelled`
 */
export async function trainClusterer(
  run: Run,
  clusterer: TrainedClustererName,
  maps: ViewMaps,
  { k, seed, onEpoch }: TrainClustererOptions,
): Promise<Trained> {
  const start = performance.now();
  let total = 1;
  run.onProgress({ stage: 'train', done: 0, total });
  const trained = await train(clusterer, maps, {
    k,
    seed,
    onStep: () => throwIfCancelled(run.flag),
    onEpoch(report) {
      const { done, most, loss } = report;
      total = most;
      const etaSeconds = ((performance.now() - start) / 1000 / done) * (most - done);
      // The end is reported once, when it is there.
      run.onProgress({ stage: 'train', done: Math.min(done, most - 1), total, loss, etaSeconds });
      onEpoch?.(report);
    },
  });
  run.onProgress({ stage: 'train', done: total, total });
  return trained;
}
