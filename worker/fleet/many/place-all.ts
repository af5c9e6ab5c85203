// From the lines that people looked at to all images: clusters follow their lines, and what was decided is learnt from.
import { simplifiedSilhouette } from '../../clustering/many/silhouette';
import type { LabelCluster, LabelDocument } from '../../labels';
import { fitLearner, learnedOf, moves } from '../../learning/learner';
import { listedImages } from './listed-images';
import { readMerged } from './merged-file';
import { writeTables, type TableRow } from './tables';
import { furtherComponents, groupedVectors, type WholeSet } from './whole-set';
import { WorkFolder, type Plan } from '../work-folder';

/** What was written, and how many images each cluster has by id, copies counted. */
export interface PlacedAll {
  tables: { parquet: string; csv: string };
  /** Distinct ones. */
  images: number;
  counts: ReadonlyMap<number, number>;
}

/**
 * Decisions on the lines of a label file, brought to all images: the tables are written anew. May be run as often as people decide.
 * @throws EngineError `work-invalid`, `not-writable`
 */
export async function placeAll(work: string, plan: Plan, { clusters, images }: LabelDocument): Promise<PlacedAll> {
  const folder = new WorkFolder(work, plan.id);
  const { set, assignment } = await readMerged(folder);
  const byPath = new Map(images.map((line) => [line.path, line]));
  const lines: KnownLine[] = [];
  for await (const { index, image } of listedImages(folder, set)) {
    const line = byPath.get(image.path);
    if (line) lines.push({ index, cluster: line.cluster, pinned: line.pinned === true });
  }
  const ids = idsOfAll(set, assignment, lines, clusters);
  const names = new Map(clusters.map(({ id, name }) => [id, name]));
  const places = new Map([...new Set(ids)].map((id, place) => [id, place]));
  const { vectors, dimensions } = groupedVectors(set);
  const silhouette = simplifiedSilhouette(
    vectors,
    dimensions,
    ids.map((id) => places.get(id)!),
    places.size,
  );
  const counts = new Map<number, number>();
  const rows = async function* (): AsyncGenerator<TableRow> {
    counts.clear();
    for await (const { index, image } of listedImages(folder, set)) {
      const line = byPath.get(image.path);
      const cluster = ids[index]!;
      counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
      yield {
        ...{ path: image.path, cluster, name: names.get(cluster) ?? '' },
        ...{ score: set.ranges[2 * index + 1]!, silhouette: silhouette[index]! },
        ...{ listed: line !== undefined, decided: line?.pinned === true },
      };
    }
  };
  return { tables: await writeTables(work, rows), images: set.count, counts };
}

/** A line of the label file whose image is among all. */
export interface KnownLine {
  /** Of the image. */
  index: number;
  /** Id of its cluster. */
  cluster: number;
  pinned: boolean;
}

/** Images that are looked at together. */
const batchSize = 20_000;

/**
 * Where each image belongs: where its line says, else where the lines of its group are; and where a person decided on some, what they say of the
 * others counts as it does in the gallery.
 * @param assignment (count), how all were grouped
 * @param clusters of the label file
 * @returns (count) ids
 */
export function idsOfAll(
  set: WholeSet,
  assignment: Int32Array,
  lines: readonly KnownLine[],
  clusters: readonly LabelCluster[],
): Int32Array {
  const idOf = idsOfGroups(assignment, lines, clusters);
  const ids = assignment.map((group) => idOf[group]!);
  if (lines.some(({ pinned }) => pinned)) follow(set, ids, lines, clusters);
  // Of copies that have lines, what a person decided counts.
  for (const { index, cluster } of [...lines].sort((a, b) => Number(a.pinned) - Number(b.pinned))) ids[index] = cluster;
  return ids;
}

/** The cluster that most lines of a group are in, those first that nobody moved. A group without lines has the id that it began with. */
function idsOfGroups(assignment: Int32Array, lines: readonly KnownLine[], clusters: readonly LabelCluster[]): number[] {
  const groups = assignment.reduce((most, group) => Math.max(most, group + 1), 0);
  const known = new Set(clusters.map(({ id }) => id));
  return Array.from({ length: groups }, (_, group) => {
    const own = lines.filter(({ index }) => assignment[index] === group);
    const unmoved = own.filter(({ pinned }) => !pinned);
    const counts = new Map<number, number>();
    for (const { cluster } of unmoved.length > 0 ? unmoved : own) counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
    const [most] = [...counts].sort(([a, times], [b, others]) => others - times || a - b);
    return most?.[0] ?? (known.has(group + 1) ? group + 1 : (clusters[0]?.id ?? group + 1));
  });
}

function follow(set: WholeSet, ids: Int32Array, lines: readonly KnownLine[], clusters: readonly LabelCluster[]): void {
  const images = lines.map(({ index }) => index);
  const learner = fitLearner({
    ...groupedVectors(set, images),
    further: furtherComponents(set, images),
    clusters: lines.map(({ cluster }) => cluster),
    decided: lines.map(({ pinned }) => pinned),
    named: new Set(clusters.filter(({ name }) => name !== '').map(({ id }) => id)),
  });
  if (!learner) return;
  for (let from = 0; from < set.count; from += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, set.count - from) }, (_, i) => from + i);
    const compared = { ...groupedVectors(set, batch), further: furtherComponents(set, batch) };
    const situation = { ...compared, clusters: batch.map((i) => ids[i]!), decided: batch.map(() => false) };
    for (const { row, cluster } of moves(situation, learnedOf(learner, compared))) ids[from + row] = cluster;
  }
}
