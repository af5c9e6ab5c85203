// Ranks the images of a folder's last run by how alike some place of them is to a region that a person drew in one of them.
import { join } from 'node:path';
import type { EngineRequests, Region, RegionMatch } from '../api/requests';
import { EngineError } from '../api/errors';
import type { Device } from '../api/settings';
import { boxOf } from '../bags/patch-box';
import type { PatchRegion } from '../bags/region';
import { hasRoomForBags, sourceOf } from '../describe/distinct-images';
import type { Run } from '../session/run';
import { openSession, type Session } from '../session/session';
import type { ImageSource } from '../pool/tasks/context';
import type { ReadRegionTask } from '../pool/tasks/regions';
import { countedPatchesOf, embeddedImage, gridOf, loadAnalysis, type NetworkUsed } from './stored';
import { requireSetting } from '../base/require-setting';

/** What dragging to the edge of a picture may add to 1. */
const rounding = 1e-6;

/**
 * @returns by rising distance, the image of the region first
 * @throws EngineError `invalid-setting` for a region or an image that there is not; `internal` when the cache does not know the last
 * run; `model-…` when its network is gone; `cancelled`
 */
export async function similarRegion(
  run: Run,
  { folder, path, region, limit, device = 'cpu' }: EngineRequests['similarRegion']['params'],
): Promise<RegionMatch[]> {
  checkRegion(region);
  const stored = await loadAnalysis(run.cache, folder);
  if (!stored?.embedded) {
    const message =
      'Similar places are looked for with what the last run found, which is not on this machine. Cluster the folder again, then search.';
    throw new EngineError({ code: 'internal', file: folder }, message);
  }
  const { embedded } = stored;
  const index = stored.images.findIndex((image) => image.path === path);
  requireSetting(index >= 0, `${path} is not among the images of the last run. Choose one of them, or cluster again.`);
  const session = await openAgain(run, embedded.network, device);
  const images = stored.images.map((image, i) => ({
    path: image.path,
    source: sourceOf({ ...embeddedImage(embedded, i), file: join(folder, image.path) }, session.model),
    grid: gridOf(stored, i),
    counted: countedPatchesOf(stored, i),
  }));
  const [query] = images.splice(index, 1);
  const { grid } = query!;
  const wanted = await readRegion(session, query!, { box: boxOf(region, grid), grid });

  const dimensions = wanted.patches.length / (wanted.box.rows * wanted.box.columns);
  const keepBag = hasRoomForBags(session.cache, stored.images.length, {
    patches: grid.rows * grid.columns,
    dimensions,
  });
  const matches: RegionMatch[] = [];
  const progress = session.startStage('compare', images.length);
  for await (const [image, result] of session.tasks('findRegion', images, ({ source, grid, counted }) => ({
    image: source,
    ...{ grid, counted },
    region: wanted,
    keepBag,
  }))) {
    if (result.ok) matches.push({ path: image.path, ...result.value });
    progress.step();
  }
  matches.sort((a, b) => a.distance - b.distance);
  return [{ path, distance: 0, place: region }, ...matches].slice(0, limit);
}

function checkRegion({ left, top, width, height }: Region): void {
  const fits = (start: number, length: number) => start >= 0 && length >= 0 && start + length <= 1 + rounding;
  requireSetting(
    fits(left, width) && fits(top, height),
    `A region lies in its image: left, top, width and height are shares of it, 0 to 1; not ${left}, ${top}, ${width}, ${height}.`,
  );
}

/** @throws EngineError also when it is another network by now: its patches would not be comparable */
async function openAgain(run: Run, { name, distance, hash }: NetworkUsed, device: Device): Promise<Session> {
  const session = await openSession(run, { model: name, device, distance });
  if (session.model.hash === hash) return session;
  const message = `The network ${name} was changed after the last run. Cluster the folder again, then search.`;
  throw new EngineError({ code: 'model-invalid', file: session.model.file }, message);
}

/** The patches in the box, in memory that all threads share. */
async function readRegion(
  session: Session,
  { path, source }: { path: string; source: ImageSource },
  { box, grid }: Pick<ReadRegionTask, 'box' | 'grid'>,
): Promise<PatchRegion> {
  const result = await session.task('readRegion', { image: source, box, grid });
  if (!result.ok) throw new EngineError({ code: 'invalid-setting' }, `${path} ${result.reason}. Choose another image.`);
  const patches = new Float32Array(new SharedArrayBuffer(result.value.byteLength));
  patches.set(result.value);
  return { patches, box };
}
