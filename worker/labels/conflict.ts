// A label file that git left with the versions of two people in it: taken apart, and put together by image. Pure.
import { without } from '../base/without';
import { LabelFileError, parseLabels, type LabelCluster, type LabelDocument, type LabelImage } from './document';
import { freeColor } from './palette';
import { keysOf, regionDocument, withItems } from './regions';
import { serializeLabels } from './serialize';

/** One side of a merge. */
export interface LabelVersion {
  /** What git calls it: a branch, or the start of a commit's hash. */
  name: string;
  /** The whole label file with this side in every place of conflict. */
  text: string;
}

/** The versions in a text with conflict markers. */
export interface LabelConflict {
  ours: LabelVersion;
  theirs: LabelVersion;
  /** What both come from, where git wrote that down (merge.conflictStyle diff3 or zdiff3). */
  base?: LabelVersion;
}

export const versionChoices = ['ours', 'theirs', 'both'] as const;

/** Which version a person takes; both: by image. */
export type VersionChoice = (typeof versionChoices)[number];

type Side = 'ours' | 'base' | 'theirs';

/** @returns undefined for a text without conflict markers, or with some that do not belong together */
export function splitConflict(text: string): LabelConflict | undefined {
  const lines: Record<Side, string[]> = { ours: [], base: [], theirs: [] };
  const names: Partial<Record<Side, string>> = {};
  let side: Side | undefined;
  let hasBase = false;
  for (const line of text.split('\n')) {
    const [, marker, name = ''] = /^(<{7}|\|{7}|={7}|>{7})(?: (.*?))?\r?$/.exec(line) ?? [];
    const next = nextSide(marker, side);
    if (next === 'wrong') return undefined;
    if (marker === undefined) {
      for (const each of side ? [side] : (['ours', 'base', 'theirs'] as const)) lines[each].push(line);
      continue;
    }
    if (next === 'ours' || next === 'base') names[next] ??= name;
    if (next === 'base') hasBase = true;
    if (marker.startsWith('>')) names.theirs ??= name;
    side = next;
  }
  if (side !== undefined || names.ours === undefined) return undefined;
  const version = (of: Side): LabelVersion => ({ name: names[of] ?? '', text: lines[of].join('\n') });
  return { ours: version('ours'), theirs: version('theirs'), ...(hasBase ? { base: version('base') } : {}) };
}

/** Where the lines behind a marker belong; undefined: to all. */
function nextSide(marker: string | undefined, side: Side | undefined): Side | undefined | 'wrong' {
  switch (marker?.[0]) {
    case undefined:
      return side;
    case '<':
      return side === undefined ? 'ours' : 'wrong';
    case '|':
      return side === 'ours' ? 'base' : 'wrong';
    case '=':
      return side === 'ours' || side === 'base' ? 'theirs' : 'wrong';
    default:
      return side === 'theirs' ? undefined : 'wrong';
  }
}

/**
 * The text of the label file that a person takes.
 * @throws LabelFileError where a version that is needed cannot be read
 */
export function resolveConflict({ ours, theirs, base }: LabelConflict, choice: VersionChoice): string {
  if (choice !== 'both') {
    const { text } = choice === 'ours' ? ours : theirs;
    parseLabels(text);
    return text;
  }
  return serializeLabels(mergeLabels(parseLabels(ours.text), parseLabels(theirs.text), readBase(base)));
}

function readBase(base: LabelVersion | undefined): LabelDocument | undefined {
  try {
    return base && parseLabels(base.text);
  } catch (error) {
    if (error instanceof LabelFileError) return undefined;
    throw error;
  }
}

/**
 * Puts two versions together image by image, or region by region: what only one of them changed is as that one says; a pin beats none; where both moved an
 * image, or nothing is known of what they come from, it is where ours has it; a cluster that one calls OK and the other does not is not. No
 * image and no name gets lost: a cluster that both gave different names has both, and is two where images of it are in different places.
 * @param base what both come from
 */
export function mergeLabels(ours: LabelDocument, theirs: LabelDocument, base?: LabelDocument): LabelDocument {
  const lines = new Map(ours.images.map((image) => [image.path, image]));
  const keysOfOurs = new Map(ours.images.map((image) => [image.path, keysOf(image).join('\n')]));
  // Where two runs found other regions in an image, ours are taken: both would stand for the same places twice.
  const comparable = theirs.images.filter((image) => {
    const own = keysOfOurs.get(image.path);
    if (own === undefined) lines.set(image.path, image);
    return own === undefined || own === keysOf(image).join('\n');
  });
  const merged = mergeLines(
    regionDocument(ours),
    regionDocument({ ...theirs, images: comparable }),
    base && regionDocument(base),
  );
  return withItems({ ...merged, images: [...lines.values()].map(withoutPin) }, merged);
}

/** The items say what is pinned. */
function withoutPin(image: LabelImage): LabelImage {
  return (image.regions?.length ?? 0) > 0 ? without(image, 'pinned') : image;
}

function mergeLines(ours: LabelDocument, theirs: LabelDocument, base: LabelDocument | undefined): LabelDocument {
  const clusters = new Map(ours.clusters.map((cluster) => [cluster.id, cluster]));
  const bases = new Map(base?.clusters.map((cluster) => [cluster.id, cluster]));
  /** Their clusters' ids in the result. */
  const ids = new Map<number, number>();
  const known = new Set([...ours.clusters, ...theirs.clusters].map(({ id }) => id));
  let free = 1;
  for (const cluster of theirs.clusters) {
    const own = clusters.get(cluster.id);
    const merged = own ? mergeClusters(own, cluster, bases.get(cluster.id)) : cluster;
    if (merged) {
      clusters.set(cluster.id, merged);
      ids.set(cluster.id, cluster.id);
      continue;
    }
    while (known.has(free)) free++;
    known.add(free);
    ids.set(cluster.id, free);
    clusters.set(free, { ...cluster, id: free, color: freeColor([...clusters.values()]) });
  }
  const their = new Map(theirs.images.map((image) => [image.path, image]));
  const placed = (image: LabelImage) => ({ ...image, cluster: ids.get(image.cluster)! });
  const old = new Map(base?.images.map(({ path, cluster }) => [path, cluster]));
  const images = new Map(
    ours.images.map((image) => {
      const other = their.get(image.path);
      const before = old.get(image.path);
      const isOnlyTheirs = before !== undefined && image.cluster === before && other?.cluster !== before;
      return [image.path, other ? mergeImages(image, placed(other), isOnlyTheirs) : image] as const;
    }),
  );
  for (const [path, image] of their) if (!images.has(path)) images.set(path, placed(image));
  const used = new Set([...images.values()].map(({ cluster }) => cluster));
  // Two names for the same images are shown as both, for a person to choose.
  for (const [id, now] of ids) {
    const [own, other] = [clusters.get(id)!, clusters.get(now)!];
    if (id === now || used.has(now)) continue;
    clusters.set(id, {
      ...withJudgement(own, judgement(own, other, bases.get(id))),
      name: `${own.name} / ${other.name}`,
    });
    clusters.delete(now);
  }
  return {
    ...theirs,
    ...ours,
    clusters: [...clusters.values()]
      .filter(({ id, name }) => used.has(id) || name.trim() !== '')
      .sort((a, b) => a.id - b.id),
    images: [...images.values()],
  };
}

/** Undefined where both have a name of their own. */
function mergeClusters(
  ours: LabelCluster,
  theirs: LabelCluster,
  base: LabelCluster | undefined,
): LabelCluster | undefined {
  const kept = ours.kept === true || theirs.kept === true ? { kept: true } : {};
  const all = withJudgement({ ...theirs, ...ours, ...kept }, judgement(ours, theirs, base));
  if (ours.name === theirs.name || theirs.name.trim() === '' || theirs.name === base?.name) return all;
  if (ours.name.trim() === '' || ours.name === base?.name) return { ...all, name: theirs.name };
  return undefined;
}

/** A cluster that is OK, is not, or of which nobody has said so. */
function withJudgement(cluster: LabelCluster, ok: boolean | undefined): LabelCluster {
  if (ok !== undefined) return { ...cluster, ok };
  const unjudged = { ...cluster };
  delete unjudged.ok;
  return unjudged;
}

/**
 * As the version says that changed it. Where both did, it is OK only if both say so: a defect among the good ones is the dangerous mistake.
 * @param base what both come from
 */
function judgement(ours: LabelCluster, theirs: LabelCluster, base: LabelCluster | undefined): boolean | undefined {
  if (ours.ok === theirs.ok || theirs.ok === base?.ok) return ours.ok;
  return ours.ok === base?.ok ? theirs.ok : false;
}

/** @param isMovedByThem and not by us */
function mergeImages(ours: LabelImage, theirs: LabelImage, isMovedByThem: boolean): LabelImage {
  const [own, other] = [ours.pinned === true, theirs.pinned === true];
  const takesTheirs = own === other ? isMovedByThem : other;
  return takesTheirs ? { ...ours, ...theirs } : { ...theirs, ...ours };
}

/** What a person wants to know of a version before taking it. */
export interface VersionSummary {
  /** What git calls it. */
  name: string;
  images: number;
  clusters: number;
  /** Names of its clusters. */
  names: string[];
  /** Why it cannot be taken, where it cannot. */
  problem?: string;
}

/** Both versions in short, and how many images are in clusters of other names or numbers, or in one of them only. */
export function summariseConflict({ ours, theirs }: LabelConflict): {
  ours: VersionSummary;
  theirs: VersionSummary;
  differing: number;
} {
  const [own, their] = [summarise(ours), summarise(theirs)];
  const [before, after] = [placesOf(own.document), placesOf(their.document)];
  const paths = new Set([...before.keys(), ...after.keys()]);
  const differing = [...paths].filter((path) => before.get(path) !== after.get(path)).length;
  return { ours: own.summary, theirs: their.summary, differing };
}

function summarise({ name, text }: LabelVersion): { summary: VersionSummary; document: LabelDocument | undefined } {
  try {
    const document = parseLabels(text);
    const names = document.clusters.map((cluster) => cluster.name).filter((each) => each.trim() !== '');
    const counts = { images: document.images.length, clusters: document.clusters.length };
    return { summary: { name, ...counts, names }, document };
  } catch (error) {
    if (!(error instanceof LabelFileError)) throw error;
    return { summary: { name, images: 0, clusters: 0, names: [], problem: error.message }, document: undefined };
  }
}

function placesOf(document: LabelDocument | undefined): Map<string, string> {
  const items = document && regionDocument(document);
  return new Map(items?.images.map(({ path, cluster, pinned }) => [path, `${cluster} ${pinned === true}`]));
}
