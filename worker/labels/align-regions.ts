// Running again keeps what a person decided about regions, too: those that a run finds about where they were are the same ones. Pure.
import { boxOverlap } from '../base/box-overlap';
import { without } from '../base/without';
import { alignLabels, type AlignOptions } from './align';
import type { LabelDocument, LabelImage, LabelRegion } from './document';
import {
  clustersOfImage,
  hasRegions,
  isPinned,
  itemsOf,
  keysOf,
  regionDocument,
  regionKey,
  withItems,
  type Box,
} from './regions';

/** Boxes that share as much of what both cover are about the same place. */
const leastOverlap = 0.3;

/**
 * As {@link alignLabels}, by regions where the new clustering or the previous one has them: an image without regions is the region that
 * stands out most where it has some now, and the other way round. Of regions that are not found again, those that are pinned stay. Where
 * the new clustering has none, lines lose theirs.
 * @param options `mostSimilar` is asked for keys of regions
 */
export function alignRegions(
  previous: LabelDocument | undefined,
  proposed: LabelDocument,
  options: AlignOptions = {},
): LabelDocument {
  if (proposed.method.regions !== true) {
    // Clusters that only further regions are in end by that.
    const withImages = new Set(previous?.images.flatMap(clustersOfImage));
    return alignLabels(previous && asImages(previous), proposed, { ...options, withImages });
  }
  const found = regionDocument(proposed);
  if (previous === undefined) return putBack(proposed.images, alignLabels(undefined, found, options));
  const { items, lines } = itemsAsFoundNow(previous, proposed);
  const keys = new Set([...lines.values()].flatMap(keysOf));
  const images = found.images.filter(({ path }) => keys.has(path));
  return putBack([...lines.values()], alignLabels(items, { ...found, images }, options));
}

/** The lines take what the items say, which have everything else. */
function putBack(lines: LabelImage[], items: LabelDocument): LabelDocument {
  return withItems({ ...items, images: lines }, items);
}

/**
 * The previous document's items under the keys that they have in the new clustering, and the lines that the result has: the new ones, with
 * what the old ones know beyond, and those of images that are not there.
 */
function itemsAsFoundNow(
  previous: LabelDocument,
  proposed: LabelDocument,
): { items: LabelDocument; lines: Map<string, LabelImage> } {
  const lines = new Map(proposed.images.map((image) => [image.path, image]));
  const images = previous.images.flatMap((before): LabelImage[] => {
    const now = lines.get(before.path);
    const old = itemsOf(before);
    if (!now) {
      lines.set(before.path, before);
      return old;
    }
    const matches = matchItems(old, before, now);
    const kept = old.filter((item, i) => item.pinned === true && !matches.has(i));
    lines.set(before.path, joined(before, now, new Set(kept.map(({ path }) => path))));
    const nowKeys = keysOf(now);
    return [...kept, ...[...matches].map(([i, j]) => ({ ...old[i]!, path: nowKeys[j]! }))];
  });
  return { items: { ...previous, images }, lines };
}

/** A line with the regions that are found now, and the pinned ones of before that are not. */
function joined(before: LabelImage, now: LabelImage, kept: ReadonlySet<string>): LabelImage {
  const stays = (before.regions ?? []).filter(({ box }) => kept.has(regionKey(before.path, box)));
  const regions = [...(now.regions ?? []), ...stays];
  const line = { ...before, ...now };
  return regions.length === 0 ? without(line, 'regions') : { ...line, regions };
}

/**
 * Index of an item before → index of the item now that it is: one to one, those first that overlap most. A whole image is the region that
 * stands out most; regions become the whole image where none of them is pinned.
 */
function matchItems(items: readonly LabelImage[], before: LabelImage, now: LabelImage): Map<number, number> {
  const [old, found] = [before.regions ?? [], now.regions ?? []];
  if (old.length === 0) return new Map([[0, 0]]);
  if (found.length === 0) return new Map(items.some(({ pinned }) => pinned === true) ? [] : [[0, 0]]);
  const pairs = old.flatMap((a, i) => found.map((b, j) => ({ i, j, overlap: boxOverlap(a.box, b.box) })));
  const matches = new Map<number, number>();
  const taken = new Set<number>();
  for (const { i, j, overlap } of pairs.sort((a, b) => b.overlap - a.overlap)) {
    if (overlap < leastOverlap || matches.has(i) || taken.has(j)) continue;
    matches.set(i, j);
    taken.add(j);
  }
  return matches;
}

/** The region that a box is about; undefined where none of them is. */
export function regionAt(box: Box, regions: readonly LabelRegion[]): LabelRegion | undefined {
  const overlaps = regions.map((region) => boxOverlap(box, region.box));
  const most = Math.max(...overlaps);
  return most >= leastOverlap ? regions[overlaps.indexOf(most)] : undefined;
}

/** A clustering of whole images takes of a line its label alone. */
function asImages(document: LabelDocument): LabelDocument {
  return hasRegions(document) ? { ...document, images: document.images.map(asImage) } : document;
}

function asImage(image: LabelImage): LabelImage {
  const whole = without(image, 'regions');
  return isPinned(image) ? { ...whole, pinned: true } : whole;
}
