// The work folder that machines share: one plan, the list of images, and what each shard found. Every file is written as a whole.
//   plan.json                       which plan counts, and everything that the shards must agree on
//   <id>/basis.bin                  references with their bags, scale of the scores: see basis-file.ts
//   <id>/images.jsonl               every image that can be read, by path, with its row of the seeded order; failures.jsonl, normals.jsonl
//   <id>/shard-00003/images.jsonl   the shard's images in the seeded order
//   <id>/shard-00003/000384.bin     what was found of some of them: see chunk-file.ts
//   <id>/shard-00003/progress.json  how far it is, and what could not be used
//   <id>/groups.bin                 of many images: how they are grouped, see merged-file.ts; coordinates.f32, what they are compared by
//   merged.json                     where the label file is that was merged last, for people and for VS Code
//   images.parquet, images.csv      of many images: the cluster of each
//   images/                         of images in tar files those that the label file lists: see pictures.ts
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../api/errors';
import type { ImageFailure } from '../api/requests';
import { fileOf, type DatasetImage, type Dataset } from '../describe/dataset';
import type { ResolvedWeights } from '../describe/weighting';
import type { ValueRange } from '../images/decode';
import { labelFileName } from '../labels/file-name';
import type { RunPlan } from '../pipeline/method-of-run';
import type { BagShape } from '../pool/tasks/context';
import { turningOf } from '../parts/turn';
import { writeFileAtomic } from '../store/atomic-write';
import { readJsonLines } from './json-lines';

/** Goes up when shards of another version would find something else, or would not find it. */
const planVersion = 3;

/** What all shards agree on. */
export interface Plan {
  version: number;
  /** Differs whenever the shards would find something else. */
  id: string;
  /** Absolute path of the images, or of the tar files that hold them. */
  folder: string;
  /** The images are in tar files: those that the label file lists become files of the work folder. */
  tars?: true;
  /** Settings, as they follow from the label file and the person's wishes. */
  run: RunPlan;
  metadata?: string;
  model: { reference: string; hash: string };
  shape: BagShape;
  weights: ResolvedWeights;
  /** Of the folder: what images with more than 8 bits a channel are stretched from. */
  range?: ValueRange;
  dataset: Pick<Dataset, 'layout' | 'datasets' | 'masks'> & { passedOver: [string, number][] };
  /** Files that are images. */
  files: number;
  /** Distinct images that are to be described. */
  images: number;
  /** Contents of images that the plan itself could not embed, with the reasons. */
  unusable: [content: string, reason: string][];
  shards: number;
  /** Images of one file of results. */
  chunk: number;
}

/** A line of the list of images. */
export interface PlannedImage extends Omit<DatasetImage, 'file' | 'range' | 'turned'> {
  isDeep?: true;
  /** Of its content in the seeded order; absent where that could not be embedded. */
  row?: number;
}

/** Where the files of a plan lie. */
export class WorkFolder {
  constructor(
    readonly work: string,
    readonly id: string,
  ) {}

  get basis(): string {
    return join(this.work, this.id, 'basis.bin');
  }

  /** Of a plan of tar files: where the label file's images become files. */
  get pictures(): string {
    return picturesIn(this.work);
  }

  /** Images, or what belongs to them, as JSON lines. */
  list(name: 'images' | 'normals' | 'failures'): string {
    return join(this.work, this.id, `${name}.jsonl`);
  }

  /** How many images are grouped, and what they are compared by. */
  get groups(): { packed: string; coordinates: string } {
    return { packed: join(this.work, this.id, 'groups.bin'), coordinates: join(this.work, this.id, 'coordinates.f32') };
  }

  shardImages(shard: number): string {
    return join(this.shard(shard), 'images.jsonl');
  }

  progress(shard: number): string {
    return join(this.shard(shard), 'progress.json');
  }

  /** @param first row of its first image in the seeded order of all */
  chunk(shard: number, first: number): string {
    return join(this.shard(shard), `${String(first).padStart(9, '0')}.bin`);
  }

  private shard(shard: number): string {
    return join(this.work, this.id, `shard-${String(shard).padStart(5, '0')}`);
  }
}

/** {@link WorkFolder.pictures}, whichever plan counts. */
export function picturesIn(work: string): string {
  return join(work, 'images');
}

/** The folder that the paths of a plan's label file are below. */
export function labelledFolder(work: string, { folder, tars }: Pick<Plan, 'folder' | 'tars'>): string {
  return tars ? picturesIn(work) : folder;
}

/** Where the label file of a plan is unless somebody says otherwise: with the images that it lists. */
export function defaultLabelFile(work: string, { folder, tars }: Pick<Plan, 'folder' | 'tars'>): string {
  return join(tars ? work : folder, labelFileName);
}

/** Rows of the seeded order that are described together. */
export interface Chunk {
  first: number;
  /** Behind the last. */
  end: number;
}

/** Shards get whole chunks, as many as any other or one more. */
export function chunksOf({ images, chunk, shards }: Pick<Plan, 'images' | 'chunk' | 'shards'>, shard: number): Chunk[] {
  const all = Math.ceil(images / chunk);
  const from = Math.floor((shard * all) / shards);
  const to = Math.floor(((shard + 1) * all) / shards);
  return Array.from({ length: to - from }, (_, i) => ({
    first: (from + i) * chunk,
    end: Math.min(images, (from + i + 1) * chunk),
  }));
}

/** Images of one file of results: a few files a shard, so that one that is ended loses little; and not too many files. */
export function chunkSize(images: number, shards: number): number {
  const [largest, filesPerShard] = [128, 4];
  return Math.max(1, Math.min(largest, Math.ceil(images / shards / filesPerShard)));
}

export function planIdOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256').update(String(planVersion));
  for (const part of parts) hash.update(createHash('sha256').update(part).digest());
  return hash.digest('hex').slice(0, 16);
}

/** The plan counts from now on. @throws EngineError `not-writable` */
export async function writePlan(work: string, plan: Omit<Plan, 'version'>): Promise<void> {
  await writeFileAtomic(join(work, 'plan.json'), `${JSON.stringify({ version: planVersion, ...plan }, null, 2)}\n`);
}

/** @throws EngineError `work-invalid` */
export async function readPlan(work: string): Promise<Plan> {
  const file = join(work, 'plan.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    const found = isMissing ? `There is no plan in ${work}` : `${file} cannot be read (${error.code ?? error.message})`;
    throw invalid(work, `${found}. Make one first: anomaly-clustering plan <folder> --shards <number> --work ${work}`);
  });
  let plan: Plan;
  try {
    plan = JSON.parse(text) as Plan;
  } catch {
    throw invalid(
      work,
      `${file} is damaged. Run "anomaly-clustering plan" again: what the shards found counts again then.`,
    );
  }
  if (plan.version !== planVersion) {
    throw invalid(
      work,
      `${file} was made by another version of this program. Use one version for plan, shards and merge, or plan again.`,
    );
  }
  return plan;
}

export function invalid(work: string, message: string): EngineError {
  return new EngineError({ code: 'work-invalid', work }, message);
}

/** A line of the list as the engine works on it. */
export function imageOf(
  { isDeep, ...planned }: PlannedImage,
  { folder, range, run: { way }, shape: { grid } }: Pick<Plan, 'folder' | 'range' | 'run' | 'shape'>,
): DatasetImage {
  const image: DatasetImage & { row?: number } = {
    ...{ ...planned, file: fileOf(folder, planned.path, planned.place), range: isDeep ? range : undefined },
    ...(way ? { turned: turningOf(planned, { way, grid }) } : {}),
  };
  delete image.row;
  return image;
}

export function plannedImage(image: DatasetImage): PlannedImage {
  const { range, ...rest } = image;
  const planned: PlannedImage & Partial<Pick<DatasetImage, 'file' | 'turned'>> = {
    ...rest,
    ...(range === undefined ? {} : { isDeep: true }),
  };
  // They follow from the folder, the path and its place in a tar file, and from the plan.
  delete planned.file;
  delete planned.turned;
  return planned;
}

/** All that `readDataset` found when the plan was made; without the images where there are too many to hold. */
export async function readPlannedDataset(
  work: WorkFolder,
  plan: Plan,
  which: 'whole' | 'without images' = 'whole',
): Promise<Dataset> {
  const { folder, dataset } = plan;
  const imagesOf = async (name: 'images' | 'normals') => {
    const images: DatasetImage[] = [];
    for await (const line of readJsonLines<PlannedImage>(work.list(name))) images.push(imageOf(line, plan));
    return images;
  };
  const failures: ImageFailure[] = [];
  for await (const failure of readJsonLines<ImageFailure>(work.list('failures'))) failures.push(failure);
  return {
    ...{ ...dataset, folder, failures, passedOver: new Map(dataset.passedOver) },
    ...{ images: which === 'whole' ? await imagesOf('images') : [], normals: await imagesOf('normals') },
  };
}
