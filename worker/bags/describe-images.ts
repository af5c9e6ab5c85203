// From images to descriptors: embed → weigh → aggregate. The references stay in memory, every other image passes through.
import { EngineError, type ImageFailure, type MethodSettings, type PatchGrid } from '../api';
import { startStage, taskContext, type Run } from '../engine';
import type { Model } from '../features/model';
import type { ValueRange } from '../images/decode';
import type { Dataset, DatasetImage } from '../images/dataset';
import type { BagShape, Description, ImageSource } from '../pool/task';
import { cacheKey } from '../store/cache';
import { bankLimit, rankContents, referenceCount } from './references';
import { addTile, allocateBags, tilesOf, type Aggregate, type SharedBags } from './search';
import { automaticTemperature } from './weights';

/** Goes up when decoding, pooling or rounding changes, so that the cache forgets what was made the old way. */
const preprocessingVersion = 1;

export interface DescribedImage extends Description {
  image: DatasetImage;
  /** Where the cache keeps the aggregated distances of its patches. */
  distancesKey: string;
}

export interface DescribedDataset {
  /** Usable images, sorted by path. */
  images: DescribedImage[];
  failures: ImageFailure[];
  weights: 'unsupervised' | 'normal';
  aggregate: Aggregate;
  /** Number of reference images, or `all` (Eq. 5). */
  references: number | 'all';
  temperature: number;
  grid: PatchGrid;
  dimensions: number;
}

/** Distinct image contents: a photo that is there twice is embedded once, and is no reference for its own copy. */
type Subjects = Map<string, ImageSource>;

/**
 * Weights every image's patches by their distance to the references (Eq. 5 or 7; Eq. 6 when the dataset has normal images)
 * and averages them (Eq. 1).
 * @throws EngineError `too-few-images`, `cancelled`, `model-invalid`
 */
export async function describeImages(
  run: Run,
  dataset: Dataset,
  model: Model,
  settings: MethodSettings,
): Promise<DescribedDataset> {
  const shape = await run.pool.run('inspectModel', { model, ...taskContext(run) });
  const subjects = subjectsOf(dataset.images, model);
  const normals = subjectsOf(dataset.normals, model);
  const weights = normals.size > 0 ? 'normal' : 'unsupervised';
  const ranking = rankContents(subjects.keys(), settings.seed);
  const wanted = referenceCount(settings.references, ranking.length);
  const bankRanking = rankContents(normals.keys(), settings.seed);
  const bankSize = Math.min(settings.references === 'auto' ? bankLimit : settings.references, bankRanking.length);

  const reasons = new Map<string, string>();
  const progress = startStage(run, 'embed', wanted + bankSize);
  const choose = (from: Subjects, order: string[], count: number) =>
    chooseUsable(run, model, from, order, count, reasons, progress.step);
  const sample = await choose(subjects, ranking, wanted);
  const bank = await choose(normals, bankRanking, bankSize);
  if (weights === 'normal' && bank.length === 0) {
    throw new EngineError(
      'too-few-images',
      'None of the normal images can be read. Check the folder of normal images.',
    );
  }
  if (weights === 'unsupervised' && sample.length < 2) {
    throw new EngineError(
      'too-few-images',
      'At least two different images that can be read are needed.',
      dataset.folder,
    );
  }

  const search = new Search(run, model, shape, weights === 'normal' ? bank : sample, weights);
  const sampleDistances = await search.sample(sample);
  const temperature =
    settings.temperature === 'auto' ? automaticTemperature(sampleDistances.values()) : settings.temperature;

  const rest = ranking.filter((content) => !reasons.has(content));
  const keepBag = rest.length * shape.patches * shape.dimensions * 2 <= run.cache.limitBytes / 2;
  const descriptions = await search.describe(rest, subjects, sampleDistances, temperature, keepBag, reasons);

  const images = dataset.images.flatMap((image): DescribedImage[] => {
    const description = descriptions.get(image.content);
    const source = subjects.get(image.content);
    return description && source ? [{ ...description, image, distancesKey: search.distancesKey(source) }] : [];
  });
  const failures = [...dataset.images, ...dataset.normals].flatMap(({ path, content }) => {
    const reason = reasons.get(content);
    return reason === undefined ? [] : [{ path, reason }];
  });
  const isExact = weights === 'unsupervised' && sample.length === rest.length;
  return {
    images,
    failures,
    weights,
    aggregate: search.aggregate,
    references: isExact ? 'all' : search.references.length,
    temperature,
    grid: shape.grid,
    dimensions: shape.dimensions,
  };
}

export function subjectsOf(images: DatasetImage[], model: Model): Subjects {
  return new Map(images.map((image) => [image.content, sourceOf(image, model)]));
}

function sourceOf({ file, content, range }: DatasetImage, model: Model): ImageSource {
  return { file, range, bagKey: bagKey(content, range, model) };
}

function bagKey(content: string, range: ValueRange | undefined, model: Model): string {
  const { width, height, mean, deviation } = model.input;
  const input = [width, height, ...mean, ...deviation, model.output ?? ''].join(',');
  return cacheKey('bag', preprocessingVersion, content, model.hash, input, range ? `${range.min}-${range.max}` : '');
}

/** The first `count` contents of a ranking that can be embedded, in its order. Others are noted with their reasons. */
async function chooseUsable(
  run: Run,
  model: Model,
  from: Subjects,
  ranking: string[],
  count: number,
  reasons: Map<string, string>,
  onStep: () => void,
): Promise<ImageSource[]> {
  const chosen: ImageSource[] = [];
  for (let next = 0; chosen.length < count && next < ranking.length;) {
    const batch = ranking.slice(next, next + count - chosen.length);
    next += batch.length;
    for await (const [content, result] of run.pool.runInOrder('ensureBag', batch, (content) => ({
      image: from.get(content)!,
      model,
      ...taskContext(run),
    }))) {
      if (result.ok) chosen.push(from.get(content)!);
      else reasons.set(content, result.reason);
      onStep();
    }
  }
  return chosen;
}

/** Nearest-patch search against one set of references, which is brought into memory when it is first needed. */
class Search {
  readonly aggregate: Aggregate;
  private readonly referencesKey: string;
  private readonly slots: Map<string, number>;
  private loaded: Promise<SharedBags> | undefined;

  constructor(
    private readonly run: Run,
    private readonly model: Model,
    private readonly shape: BagShape,
    readonly references: ImageSource[],
    private readonly weights: DescribedDataset['weights'],
  ) {
    this.aggregate = weights === 'normal' ? 'min' : 'mean';
    this.referencesKey = cacheKey('references', ...references.map(({ bagKey }) => bagKey));
    this.slots = new Map(references.map(({ bagKey }, slot) => [bagKey, slot]));
  }

  distancesKey({ bagKey }: ImageSource): string {
    return cacheKey('distances', bagKey, this.referencesKey, this.aggregate);
  }

  /** Aggregated distances (M) of each image of the sample, by bag key. */
  async sample(sample: ImageSource[]): Promise<Map<string, Float32Array>> {
    const known = new Map<string, Float32Array>();
    for (const image of sample) {
      const bytes = await this.run.cache.get('distances', this.distancesKey(image));
      if (bytes) known.set(image.bagKey, new Float32Array(bytes.buffer));
    }
    if (known.size === sample.length) return known;
    return this.weights === 'normal' ? this.measureAll(sample) : this.comparePairs();
  }

  /** Eq. 6: the sample against the normal bank. */
  private async measureAll(sample: ImageSource[]): Promise<Map<string, Float32Array>> {
    const references = await this.load();
    const distances = new Map<string, Float32Array>();
    const progress = startStage(this.run, 'compare', sample.length);
    for await (const [image, result] of this.run.pool.runInOrder('measure', sample, (image) => ({
      ...this.measureTask(image, true),
      references,
    }))) {
      if (result.ok) distances.set(image.bagKey, result.value);
      progress.step();
    }
    return distances;
  }

  /** Eq. 5, and Eq. 7 for the references themselves: all pairs once, both directions from one product. */
  private async comparePairs(): Promise<Map<string, Float32Array>> {
    const bags = await this.load();
    const { patches } = this.shape;
    const tiles = tilesOf(bags.count).map((tile) => ({
      tile,
      key: cacheKey('tile', this.referencesKey, tile.rows[0], tile.columns[0]),
    }));
    const totals = new Float64Array(bags.count * patches);
    const progress = startStage(this.run, 'compare', tiles.length);
    for await (const [{ tile }, sums] of this.run.pool.runInOrder('sumTile', tiles, ({ tile, key }) => ({
      bags,
      tile,
      key,
      ...taskContext(this.run),
    }))) {
      addTile(totals, sums, tile, patches);
      progress.step();
    }
    const distances = new Map<string, Float32Array>();
    for (const [slot, image] of this.references.entries()) {
      const others = bags.count - 1;
      const mean = Float32Array.from(totals.subarray(slot * patches, (slot + 1) * patches), (sum) => sum / others);
      distances.set(image.bagKey, mean);
      await this.run.cache.put('distances', this.distancesKey(image), mean);
    }
    await Promise.all(tiles.map(({ key }) => this.run.cache.remove('tiles', key)));
    return distances;
  }

  /** Descriptors by content. Images that turn out to be unusable are noted in `reasons`. */
  async describe(
    contents: string[],
    subjects: Subjects,
    sampleDistances: Map<string, Float32Array>,
    temperature: number,
    keepBag: boolean,
    reasons: Map<string, string>,
  ): Promise<Map<string, Description>> {
    const descriptions = new Map<string, Description>();
    const unknown = new Set<string>();
    for (const content of contents) {
      const image = subjects.get(content)!;
      const isKnown =
        sampleDistances.has(image.bagKey) || (await this.run.cache.has('distances', this.distancesKey(image)));
      if (!isKnown) unknown.add(content);
    }
    const references = unknown.size > 0 ? await this.load() : undefined;
    const progress = startStage(this.run, 'compare', contents.length);
    for await (const [content, result] of this.run.pool.runInOrder('describe', contents, (content) => {
      const image = subjects.get(content)!;
      const distancesKey = this.distancesKey(image);
      return {
        ...this.measureTask(image, keepBag),
        references: unknown.has(content) ? references : undefined,
        distances: sampleDistances.get(image.bagKey),
        temperature,
        descriptorKey: cacheKey('descriptor', distancesKey, temperature),
      };
    })) {
      if (result.ok) descriptions.set(content, result.value);
      else reasons.set(content, result.reason);
      progress.step();
    }
    return descriptions;
  }

  private measureTask(image: ImageSource, keepBag: boolean) {
    return {
      image,
      model: this.model,
      own: this.weights === 'normal' ? -1 : (this.slots.get(image.bagKey) ?? -1),
      aggregate: this.aggregate,
      distancesKey: this.distancesKey(image),
      keepBag,
      ...taskContext(this.run),
    };
  }

  private load(): Promise<SharedBags> {
    return (this.loaded ??= this.loadReferences());
  }

  private async loadReferences(): Promise<SharedBags> {
    const bags = allocateBags(this.references.length, this.shape.patches, this.shape.dimensions);
    const slots = this.references.map((image, slot) => ({ image, slot }));
    for await (const [{ image }, result] of this.run.pool.runInOrder('loadBag', slots, ({ image, slot }) => ({
      image,
      slot,
      bags,
      model: this.model,
      ...taskContext(this.run),
    }))) {
      if (!result.ok) throw new EngineError('internal', `${image.file} ${result.reason}. Run again.`, image.file);
    }
    return bags;
  }
}
