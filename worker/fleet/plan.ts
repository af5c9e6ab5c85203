// `plan`: what several machines must agree on before each of them describes a part of the images.
import { createHash } from 'node:crypto';
import type { ClusterRequest } from '../api/requests';
import { isTrained } from '../api/settings';
import { without } from '../base/without';
import { requireSetting } from '../base/require-setting';
import { learnBasis } from '../describe/blocks-basis';
import type { Dataset, DatasetImage } from '../describe/dataset';
import { describeInput } from '../describe/describe-images';
import { resolveMethod } from '../describe/method';
import { openFolder } from '../pipeline/pipeline';
import type { Run } from '../session/run';
import { writeFileAtomic } from '../store/atomic-write';
import { packBasis } from './basis-file';
import { writeJsonLines } from './json-lines';
import { chunkSize, chunksOf, planIdOf, plannedImage, WorkFolder, writePlan, type Plan } from './work-folder';

/** Where a plan goes, and for how many shards. */
export interface PlanOptions {
  /** Absolute path of a folder that all machines see. */
  work: string;
  shards: number;
}

/**
 * Looks at every file, learns from a sample what is usual, and writes the plan. The same images and settings give the same plan, whose
 * shards need not be done again.
 * @throws EngineError as `cluster` does before its long work; `not-writable`
 */
export async function makePlan(run: Run, request: ClusterRequest, { work, shards }: PlanOptions): Promise<Plan> {
  const { plan: runPlan, session, dataset, way, area } = await openFolder(run, request);
  const { settings } = runPlan;
  requireSetting(
    resolveMethod(settings) === 'blocks',
    'Only the default method can be shared out among machines: the paper\'s compares all images, or needs the temperature of all. Use "--method blocks" or "auto".',
  );
  requireSetting(
    area === undefined,
    `A folder with an area (${area?.name}) cannot be shared out among machines yet. Move that file away, or cluster in one process.`,
  );
  requireSetting(
    !isTrained(settings.clusterer),
    `The clusterer "${settings.clusterer}" trains on all images in one process. Plan with another one.`,
  );
  requireSetting(!settings.regions, 'Regions cannot be shared out among machines yet. Plan with --no-regions.');
  const input = describeInput(session, dataset, settings);
  const basis = await packBasis(session, await learnBasis(session, input));
  const { images } = input;
  const order = images.usable;
  const chunk = chunkSize(order.length, shards);
  const { layout, datasets, masks, passedOver } = dataset;
  const range = [...dataset.images, ...dataset.normals].find((image) => image.range)?.range;
  const described: Omit<Plan, 'version' | 'id' | 'shards' | 'chunk'> = {
    folder: request.folder,
    ...(request.tars ? { tars: true } : {}),
    run: { ...without(runPlan, 'way'), ...(way ? { way } : {}) },
    ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
    model: { reference: session.model.reference, hash: session.model.hash },
    shape: session.shape,
    weights: input.weights,
    ...(range === undefined ? {} : { range }),
    dataset: { layout, datasets, masks, passedOver: [...passedOver] },
    files: dataset.images.length,
    images: order.length,
    unusable: [...images.reasons],
  };
  const sizes = { shards, chunk };
  const id = planIdOf(JSON.stringify({ ...described, ...sizes }), basis, digestOf(dataset));
  const folder = new WorkFolder(work, id);
  await writeFileAtomic(folder.basis, basis);
  await writeLists(folder, dataset, order);
  const byContent = new Map(dataset.images.map((image) => [image.content, image]));
  for (let shard = 0; shard < shards; shard++) {
    const chunks = chunksOf({ images: order.length, ...sizes }, shard);
    const own = order.slice(chunks[0]?.first ?? 0, chunks[chunks.length - 1]?.end ?? 0);
    await writeJsonLines(
      folder.shardImages(shard),
      own.map((content) => plannedImage(byContent.get(content)!)),
    );
  }
  const plan = { ...described, ...sizes, id };
  // Last: from now on it counts.
  await writePlan(work, plan);
  return { version: 1, ...plan };
}

async function writeLists(
  folder: WorkFolder,
  { images, normals, failures }: Dataset,
  order: readonly string[],
): Promise<void> {
  const rows = new Map(order.map((content, row) => [content, row]));
  const planned = function* (all: readonly DatasetImage[]) {
    for (const image of all) yield { ...plannedImage(image), row: rows.get(image.content) };
  };
  await writeJsonLines(folder.list('images'), planned(images));
  await writeJsonLines(folder.list('normals'), planned(normals));
  await writeJsonLines(folder.list('failures'), failures);
}

/** Of all that is known of the files. */
function digestOf({ images, normals, failures }: Dataset): Uint8Array {
  const hash = createHash('sha256');
  for (const all of [images, normals]) for (const image of all) hash.update(`${JSON.stringify(plannedImage(image))}\n`);
  for (const failure of failures) hash.update(`${JSON.stringify(failure)}\n`);
  return hash.digest();
}
