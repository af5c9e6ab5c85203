// `merge` of more images than people read lines: all are grouped, some stand in the label file, and a table has all.
import { readMetadata } from '../../analysis/metadata';
import type { ClusterRequest, ClusterResult, Note } from '../../api/requests';
import { sharpestTemperature } from '../../bags/blocks';
import { requireSetting } from '../../base/require-setting';
import { principalCoordinates } from '../../clustering/coordinates';
import { simplifiedSilhouette } from '../../clustering/many/silhouette';
import { treeAmong } from '../../clustering/many/tree-among';
import { heatMapKeyOf } from '../../describe/blocks-basis';
import type { DatasetImage } from '../../describe/dataset';
import type { DescribedDataset } from '../../describe/describe-images';
import { sourceOf } from '../../describe/distinct-images';
import type { BlocksBasis } from '../../describe/method';
import { labelGroups } from '../../pipeline/pipeline';
import { parsePrevious } from '../../pipeline/labels-of-run';
import type { GroupingOfMany } from '../../pool/tasks/group';
import type { Run } from '../../session/run';
import { openSession, type Session } from '../../session/session';
import { readBasis } from '../basis-file';
import { chooseImages } from './choose-images';
import { requireShards, scoresOf } from '../found-chunks';
import { lookUp, numberByPath } from './listed-images';
import { writeMerged } from './merged-file';
import { furtherComponents, groupedVectors, readWholeSet, type WholeSet } from './whole-set';
import { labelledFolder, readPlannedDataset, WorkFolder, type Plan } from '../work-folder';

/** Lines of a label file that people can still look through. */
const mostChosen = 3000;

/** Labels of chosen images. */
export interface ChosenRequest extends Pick<ClusterRequest, 'labelFile' | 'previousLabels' | 'mayEndClusters'> {
  /** The label file gets about so many, beside those that it had. */
  lines: number;
}

/** An image that stands in the label file. */
interface FoundImage {
  /** Among all that are grouped. */
  index: number;
  image: DatasetImage;
}

/** All images of a plan, grouped; labels of some follow from it as often as the label file changes meanwhile. */
export interface GroupedMany {
  start: number;
  session: Session;
  basis: BlocksBasis;
  set: WholeSet;
  grouping: GroupingOfMany;
  silhouette: Float32Array;
  /** Rows of the seeded order that the shards could not use. */
  reasons: ReadonlyMap<number, string>;
}

/**
 * Groups all images, and keeps that in the work folder.
 * @throws EngineError `shards-missing`, `work-invalid`, `too-few-images`, `not-writable`, `cancelled`
 */
export async function groupMany(run: Run, work: string, plan: Plan): Promise<GroupedMany> {
  const start = performance.now();
  const { clusterer, clusters, seed } = plan.run.settings;
  requireSetting(
    clusterer === 'ward',
    `The clusterer "${clusterer}" is not for so many images as ${plan.images}. Plan with "--clusterer ward".`,
  );
  const folder = new WorkFolder(work, plan.id);
  await requireShards(folder, plan);
  const session = await openSession(run, { ...plan.run.settings, device: 'cpu' });
  const basis = await readBasis(session, folder);
  const reasons = new Map<number, string>();
  const set = await readWholeSet(session, basis, folder, plan, reasons);
  const { vectors, dimensions } = groupedVectors(set);
  requireSetting(
    clusters === 'auto' || clusters <= set.count,
    `${clusters} clusters cannot be made of ${set.count} images.`,
  );
  const progress = run.startStage('link', 1);
  const grouping = await run.task('groupMany', { count: set.count, vectors, dimensions, clusters, seed });
  progress.step();
  const assignment = await numberByPath(folder, set, grouping.assignment);
  await writeMerged(folder, { set, assignment });
  const silhouette = simplifiedSilhouette(
    vectors,
    dimensions,
    assignment,
    assignment.reduce((most, label) => Math.max(most, label + 1), 0),
  );
  return { start, session, basis, set, grouping: { ...grouping, assignment }, silhouette, reasons };
}

/**
 * The label file of chosen images: typical ones, those between two clusters, and all that it had before.
 * @throws EngineError as `cluster` does once images are described
 */
export async function labelChosen(
  run: Run,
  work: string,
  plan: Plan,
  grouped: GroupedMany,
  request: ChosenRequest,
): Promise<ClusterResult> {
  const { session, set, grouping, silhouette, reasons } = grouped;
  const folder = new WorkFolder(work, plan.id);
  const { lines, ...labels } = request;
  const whole: ClusterRequest = {
    ...{ ...labels, folder: labelledFolder(work, plan), settings: plan.run.settings, device: 'cpu' },
    ...(plan.metadata === undefined ? {} : { metadata: plan.metadata }),
  };
  const previous = parsePrevious(whole);
  const { assignment, branchOf, tree, choice } = grouping;
  const chosen = chooseImages(
    { ...groupedVectors(set), assignment, branchOf, silhouette },
    Math.min(lines, mostChosen),
  );
  const { found, failures } = await lookUp(folder, plan, set, {
    indices: new Set(chosen),
    paths: new Set(previous?.images.map(({ path }) => path)),
    reasons,
  });
  await keepHeatMaps(grouped, folder, plan, found);
  const images = found.map(({ index }) => index);
  const { vectors, dimensions } = groupedVectors(set, images);
  const opened = {
    ...{ previous, plan: plan.run, session, way: plan.run.way, area: undefined },
    dataset: { ...(await readPlannedDataset(folder, plan, 'without images')), images: found.map(({ image }) => image) },
    metadata: await readMetadata(plan.folder, plan.metadata),
  };
  const groups = {
    described: { ...describedOf(grouped, plan, found), failures },
    grouping: {
      ...{ assignment: Int32Array.from(images, (i) => assignment[i]!), merges: treeAmong(tree, images), choice },
      coordinates: await principalCoordinates(vectors, images.length, dimensions),
    },
    ...{ regions: undefined, arrivals: undefined },
  };
  const result = await labelGroups(run, whole, opened, groups, grouped.start);
  const note: Note = {
    label: 'In the label file',
    value: `${images.length} of ${set.count} different images: typical ones of each cluster, those between two clusters, and all that it had. The table has all`,
  };
  return { ...result, notes: [note, ...result.notes] };
}

/** As `describeImages` gives them. */
function describedOf(
  { session, basis, set }: GroupedMany,
  plan: Plan,
  found: readonly FoundImage[],
): Omit<DescribedDataset, 'failures'> {
  const images = found.map(({ index }) => index);
  const { vectors, dimensions } = groupedVectors(set, images);
  return {
    method: 'blocks',
    images: found.map(({ index, image }) => ({
      image,
      range: { min: set.ranges[2 * index]!, max: set.ranges[2 * index + 1]! },
      heatMapKey: heatMapKeyOf(basis, sourceOf(image, session.model)),
    })),
    comparison: { count: images.length, vectors, dimensions },
    further: furtherComponents(set, images),
    weights: plan.weights,
    aggregate: basis.search.aggregate,
    references: basis.search.references.length,
    temperature: sharpestTemperature(basis.deviation),
    source: basis.search.options.kind === 'normal images' ? 'normal images' : 'other images',
    grid: session.shape.grid,
  };
}

/** For the gallery of this machine. */
async function keepHeatMaps(
  { session: { cache, model }, basis, set }: GroupedMany,
  folder: WorkFolder,
  plan: Plan,
  found: readonly FoundImage[],
): Promise<void> {
  const keys = new Map(
    found.map(({ index, image }) => [set.rows[index]!, heatMapKeyOf(basis, sourceOf(image, model))]),
  );
  const rows = [...keys.keys()].sort((a, b) => a - b);
  for await (const [row, scores] of scoresOf(folder, plan, rows)) {
    const key = keys.get(row)!;
    if (!(await cache.has('distances', key))) await cache.put('distances', key, scores);
  }
}
