// What a person changes in the gallery or the side panel, as a change of the document. Pure, and small: the page previews with it.
import { regroupLabels } from './align';
import type { LabelCluster, LabelDocument } from './document';
import { freeColor } from './palette';
import { keysOf, mainKey, regionDocument, withItems } from './regions';

export { regroupLabels } from './align';

/** Images that a person puts into a cluster are pinned there, so that clustering again does not undo it. */
export type LabelChange =
  | { kind: 'rename'; cluster: number; name: string }
  /** @param color index in the palette */
  | { kind: 'recolor'; cluster: number; color: number }
  | { kind: 'pin'; paths: readonly string[]; pinned: boolean }
  | { kind: 'move'; paths: readonly string[]; cluster: number }
  /** Into a cluster of their own. */
  | { kind: 'moveToNew'; paths: readonly string[]; name?: string }
  /** The images of all go to the first, which keeps its name, or gets that of another where it has none. */
  | { kind: 'merge'; clusters: readonly number[] }
  /** The first part stays, every other one becomes a new cluster. Images that no part names stay. */
  | { kind: 'split'; cluster: number; parts: readonly (readonly string[])[] }
  /** Another number of clusters: a new proposal for all images that are not pinned. */
  | { kind: 'regroup'; clusters: number; groups: readonly (readonly string[])[] }
  /** Images go where what was learnt from decisions has them. They are not pinned; those that are stay. */
  | { kind: 'follow'; moves: readonly { path: string; cluster: number }[] }
  /** Whether a cluster's images are good; undefined: nobody says. */
  | { kind: 'judge'; cluster: number; ok: boolean | undefined }
  /** Takes the lines of images out of the file. */
  | { kind: 'remove'; paths: readonly string[] }
  /** One after the other, as one edit. */
  | { kind: 'steps'; changes: readonly LabelChange[] };

/**
 * Changes a document; it is not itself modified. Clusters that lose their last image go. Where images have regions, their keys stand in the
 * place of paths, and an image's path stands for its first region.
 * @throws RangeError when the change names a cluster that is not there
 */
export function changeLabels(document: LabelDocument, change: LabelChange): LabelDocument {
  const items = regionDocument(document);
  return items === document
    ? changeLines(document, change)
    : withItems(document, changeLines(items, changeOfRegions(document, change)));
}

function changeLines(document: LabelDocument, change: LabelChange): LabelDocument {
  switch (change.kind) {
    case 'rename':
      return withCluster(document, change.cluster, { name: change.name });
    case 'recolor':
      return withCluster(document, change.cluster, { color: change.color });
    case 'pin': {
      const paths = new Set(change.paths);
      const images = document.images.map((image) => {
        if (!paths.has(image.path)) return image;
        const changed = { ...image, pinned: true };
        if (!change.pinned) delete (changed as Partial<typeof changed>).pinned;
        return changed;
      });
      return { ...document, images };
    }
    case 'move':
      requireCluster(document, change.cluster);
      return withoutEmpty(
        placed(document, new Map(change.paths.map((path) => [path, change.cluster])), true),
        document,
      );
    case 'moveToNew': {
      const { paths, name = '' } = change;
      return withParts(document, [paths], [name], true);
    }
    case 'merge': {
      const [into, ...gone] = change.clusters;
      const merging = change.clusters.map((id) => requireCluster(document, id));
      const name = merging.find((cluster) => cluster.name !== '')?.name ?? '';
      const from = new Set(gone);
      const moved = document.images
        .filter(({ cluster }) => from.has(cluster))
        .map(({ path }) => [path, into!] as const);
      // The cluster is kept together when the folder is clustered again; its images are not pinned one by one.
      const named = withCluster(document, into!, { name, kept: true });
      const merged = placed(named, new Map(moved), false);
      return { ...merged, clusters: merged.clusters.filter(({ id }) => !from.has(id)) };
    }
    case 'split': {
      requireCluster(document, change.cluster);
      const parts = change.parts.slice(1).filter(({ length }) => length > 0);
      return parts.length === 0
        ? document
        : withParts(withCluster(document, change.cluster, { kept: true }), parts, [], false);
    }
    case 'regroup':
      return regroupLabels(document, groupsOfLines(document, change.groups), change.clusters);
    case 'follow': {
      const pinned = new Set(document.images.filter((image) => image.pinned).map(({ path }) => path));
      for (const { cluster } of change.moves) requireCluster(document, cluster);
      const moved = change.moves.filter(({ path }) => !pinned.has(path));
      const targets = new Map(moved.map(({ path, cluster }) => [path, cluster]));
      return withoutEmpty(placed(document, targets, false), document);
    }
    case 'judge': {
      const judged = withCluster(document, change.cluster, { ok: change.ok });
      if (change.ok !== undefined) return judged;
      for (const cluster of judged.clusters) if (cluster.id === change.cluster) delete cluster.ok;
      return judged;
    }
    case 'steps':
      return change.changes.reduce(changeLines, document);
    case 'remove': {
      const paths = new Set(change.paths);
      const images = document.images.filter(({ path }) => !paths.has(path));
      return withoutEmpty({ ...document, images }, document);
    }
  }
}

/** (lines) The group of each; −1 for one that is in none. */
function groupsOfLines({ images }: LabelDocument, groups: readonly (readonly string[])[]): Int32Array {
  const known = new Map<string, number>();
  for (const [group, paths] of groups.entries()) for (const path of paths) known.set(path, group);
  return Int32Array.from(images, ({ path }) => known.get(path) ?? -1);
}

/** Of an image its label is meant: that of its first region. An image that is removed takes all of them with it. */
function changeOfRegions({ images }: LabelDocument, change: LabelChange): LabelChange {
  const byPath = new Map(images.map((image) => [image.path, image]));
  const main = (path: string) => mainKey(byPath.get(path) ?? { path });
  const all = (path: string) => keysOf(byPath.get(path) ?? { path });
  const translate = (each: LabelChange): LabelChange => {
    switch (each.kind) {
      case 'pin':
      case 'move':
      case 'moveToNew':
        return { ...each, paths: each.paths.map(main) };
      case 'remove':
        return { ...each, paths: each.paths.flatMap(all) };
      case 'split':
        return { ...each, parts: each.parts.map((paths) => paths.map(main)) };
      case 'regroup':
        return { ...each, groups: each.groups.map((paths) => paths.map(main)) };
      case 'follow':
        return { ...each, moves: each.moves.map(({ path, cluster }) => ({ path: main(path), cluster })) };
      case 'steps':
        return { ...each, changes: each.changes.map(translate) };
      default:
        return each;
    }
  };
  return translate(change);
}

function requireCluster({ clusters }: LabelDocument, id: number): LabelCluster {
  const cluster = clusters.find((each) => each.id === id);
  if (!cluster) throw new RangeError(`There is no cluster ${id} in the label file.`);
  return cluster;
}

function withCluster(document: LabelDocument, id: number, changes: Partial<LabelCluster>): LabelDocument {
  requireCluster(document, id);
  const clusters = document.clusters.map((cluster) => (cluster.id === id ? { ...cluster, ...changes } : cluster));
  return { ...document, clusters };
}

function placed(document: LabelDocument, targets: ReadonlyMap<string, number>, pin: boolean): LabelDocument {
  const images = document.images.map((image) => {
    const cluster = targets.get(image.path);
    if (cluster === undefined || cluster === image.cluster) return image;
    return { ...image, cluster, ...(pin ? { pinned: true } : {}) };
  });
  return { ...document, images };
}

/** Each part becomes a cluster with the next free number and the first colour that no other one shows. */
function withParts(
  document: LabelDocument,
  parts: readonly (readonly string[])[],
  names: readonly string[],
  pin: boolean,
): LabelDocument {
  const clusters = [...document.clusters];
  const targets = new Map<string, number>();
  for (const [i, paths] of parts.entries()) {
    if (paths.length === 0) continue;
    const id = Math.max(0, ...clusters.map((cluster) => cluster.id)) + 1;
    clusters.push({ id, name: names[i] ?? '', color: freeColor(clusters), ...(pin ? {} : { kept: true }) });
    for (const path of paths) targets.set(path, id);
  }
  return withoutEmpty(placed({ ...document, clusters }, targets, pin), document);
}

/** Clusters that had images before and have none now go. */
function withoutEmpty(document: LabelDocument, before: LabelDocument): LabelDocument {
  const had = new Set(before.images.map(({ cluster }) => cluster));
  const has = new Set(document.images.map(({ cluster }) => cluster));
  return { ...document, clusters: document.clusters.filter(({ id }) => has.has(id) || !had.has(id)) };
}
