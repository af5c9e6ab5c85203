// The regions of all images, as they are grouped: parts that stand out, each with a vector of its own in components of all of them.
import { project, type Components } from '../algebra/components';
import { componentsSample } from '../bags/choose-references';
import { spread } from '../bags/weights';
import { evenly } from '../base/evenly';
import { elongatedGrid } from '../features/elongation';
import { readFloats } from '../pool/tasks/bag-cache';
import type { ImageRegion } from '../pool/tasks/image-regions';
import { regionScaleOf } from '../regions/find-regions';
import type { Session } from '../session/session';
import { componentCount } from './block-vectors';
import { compareVectors, type Comparison } from './comparison';
import type { DescribedDataset, DescribedImage } from './describe-images';
import { hasRoomForBags, sourceOf } from './distinct-images';

/** Images whose scores say what is usual. */
const scaleSample = 200;

export interface DescribedRegion extends Omit<ImageRegion, 'descriptor'> {
  /** Index among the described images. */
  image: number;
  /** Left, top, width and height in pixels of the upright image. No two regions of an image have the same. */
  box: [left: number, top: number, width: number, height: number];
}

export interface DescribedRegions {
  /** By image, those of most weight first. Images that nothing stands out in have none. */
  regions: DescribedRegion[];
  /** Of the regions in their order; undefined where there are none. */
  comparison: Comparison | undefined;
}

/**
 * Finds the regions of images that were described, and brings them to components as images are. Images that cannot be read by now are left
 * out. Components come from the first regions in the order of the images' contents, so memory does not grow with the folder.
 * @throws EngineError `internal` where the cache lost what the run found; `model-invalid`, `cancelled`
 */
export async function describeRegions(
  session: Session,
  { images, grid }: Pick<DescribedDataset, 'images' | 'grid'>,
): Promise<DescribedRegions> {
  const distinct = [...new Map(images.map((each) => [each.image.content, each])).values()].sort((a, b) =>
    a.image.content < b.image.content ? -1 : 1,
  );
  const sample = await scoresOf(session, evenly(distinct, scaleSample));
  const [scale, { deviation }] = [regionScaleOf(sample), spread(sample)];
  const keepBag = hasRoomForBags(session.cache, distinct.length, session.shape);

  const found = new Map<string, { region: Omit<ImageRegion, 'descriptor'>; vector: Float32Array }[]>();
  const waiting: { content: string; region: ImageRegion }[] = [];
  let components: Components | undefined;
  const add = (content: string, { descriptor, ...region }: ImageRegion, by: Components) => {
    const own = found.get(content) ?? [];
    own.push({ region, vector: project(descriptor, by) });
    found.set(content, own);
  };
  const finishWaiting = async () => {
    components ??= await session.run.task('components', {
      vectors: waiting.map(({ region }) => region.descriptor),
      blockSize: session.shape.dimensions,
      most: componentCount,
    });
    for (const { content, region } of waiting.splice(0)) add(content, region, components);
  };
  const progress = session.startStage('compare', distinct.length);
  for await (const [{ image }, result] of session.tasks('imageRegions', distinct, ({ image, heatMapKey }) => ({
    image: sourceOf(image, session.model),
    grid: elongatedGrid(grid, image.elongation ?? 1),
    scoresKey: heatMapKey,
    ...{ scale, deviation, keepBag },
  }))) {
    for (const region of result.ok ? result.value : []) {
      if (components) add(image.content, region, components);
      else waiting.push({ content: image.content, region });
    }
    if (!components && waiting.length >= componentsSample) await finishWaiting();
    progress.step();
  }
  if (waiting.length > 0) await finishWaiting();

  const all = images.flatMap(({ image }, i) => {
    const own = (found.get(image.content) ?? []).map(({ region, vector }) => ({
      region: { ...region, image: i, box: boxOf(region.place, image) },
      vector,
    }));
    // Of two that one box holds, the one that stands out more.
    return [...new Map(own.reverse().map((each) => [each.region.box.join(), each])).values()].reverse();
  });
  return {
    regions: all.map(({ region }) => region),
    comparison: all.length === 0 ? undefined : compareVectors(all.map(({ vector }) => vector)),
  };
}

/** In whole pixels, one at least. */
function boxOf(
  { left, top, width, height }: ImageRegion['place'],
  size: { width: number; height: number },
): DescribedRegion['box'] {
  const span = (start: number, length: number, pixels: number): [number, number] => {
    const first = Math.min(Math.round(start * pixels), pixels - 1);
    return [first, Math.max(Math.round((start + length) * pixels) - first, 1)];
  };
  const [[x, w], [y, h]] = [span(left, width, size.width), span(top, height, size.height)];
  return [x, y, w, h];
}

async function scoresOf({ cache }: Session, images: readonly DescribedImage[]): Promise<Float32Array[]> {
  const scores = await Promise.all(images.map(({ heatMapKey }) => readFloats(cache, 'distances', heatMapKey)));
  return scores.filter((own) => own !== undefined);
}
