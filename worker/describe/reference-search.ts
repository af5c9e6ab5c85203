// Distances of images to one set of references (Eq. 6 and 7), which is brought into memory when it is first needed.
import { EngineError } from '../api/errors';
import type { AggregateName } from '../api/settings';
import { allocateBags } from '../bags/search';
import type { Description, ScoreOfPatches, Weighting } from '../pool/tasks/describe';
import type { ImageSource } from '../pool/tasks/context';
import { readSums, type References } from '../pool/tasks/reference-distances';
import type { Session, SessionInput } from '../session/session';
import { cacheKey } from '../store/cache';
import { hasRoomForBags, referencesKey, type DistinctImages } from './distinct-images';
import type { SearchStrategy } from './search-strategy';

export interface ReferenceSearchOptions {
  references: readonly ImageSource[];
  /** Reference images leave out the image itself; an image that is in the normal bank, too, is as near as can be. */
  kind: 'reference images' | 'normal images';
  strategy: SearchStrategy;
  /** Over the references; `min` for normal images: the distance to their nearest patch is Eq. 6. */
  aggregate: AggregateName;
}

/** What is known of an image's patches before it is described, and how it becomes one vector. */
export interface DescribeOptions {
  /** Aggregated distances (M) by bag key. */
  known: ReadonlyMap<string, Float32Array>;
  /** By content. */
  weighting: (content: string) => Weighting;
  /** Where images are compared with themselves, too. By content. */
  score?: (content: string) => ScoreOfPatches;
  /** How many images there are, where these are a part of them: the cache keeps bags as long as it has room for those of all. */
  outOf?: number | undefined;
}

export class ReferenceSearch {
  readonly references: readonly ImageSource[];
  readonly aggregate: AggregateName;
  private readonly key: string;
  private readonly slots: Map<string, number>;
  private loaded: Promise<References> | undefined;

  constructor(
    private readonly session: Session,
    readonly options: ReferenceSearchOptions,
  ) {
    const { references, aggregate } = options;
    this.references = references;
    this.aggregate = aggregate;
    this.key = referencesKey(references);
    this.slots = new Map(references.map(({ bagKey }, slot) => [bagKey, slot]));
  }

  /** Where the cache keeps the aggregated distances of an image's patches. */
  distancesKey({ bagKey }: ImageSource): string {
    return cacheKey('distances', bagKey, this.key, this.aggregate, this.options.strategy.key);
  }

  /** Aggregated distances (M) of those images that the cache knows, by bag key. */
  async known(images: readonly ImageSource[]): Promise<Map<string, Float32Array>> {
    const known = new Map<string, Float32Array>();
    for (const image of images) {
      const bytes = await this.session.cache.get('distances', this.distancesKey(image));
      if (bytes) known.set(image.bagKey, new Float32Array(bytes.buffer));
    }
    return known;
  }

  /** Keeps distances that were found in another way. */
  async keep(image: ImageSource, distances: Float32Array): Promise<void> {
    await this.session.cache.put('distances', this.distancesKey(image), distances);
  }

  /** Aggregated distances (M) of each image, by bag key; images that cannot be used are left out. */
  async measure(images: readonly ImageSource[]): Promise<Map<string, Float32Array>> {
    const distances = await this.known(images);
    const rest = images.filter(({ bagKey }) => !distances.has(bagKey));
    if (rest.length === 0) return distances;
    const references = await this.load(rest);
    const progress = this.session.startStage('compare', rest.length);
    for await (const [image, result] of this.session.tasks('measure', rest, (image) => ({
      ...this.measureTask(image, true),
      references,
    }))) {
      if (result.ok) distances.set(image.bagKey, result.value);
      progress.step();
    }
    return distances;
  }

  /**
   * Descriptors by content, in the seeded order: every usable image passes through, and its patches are dropped. Images that turn out to
   * be unusable are noted in `images`.
   */
  async *describe(
    images: DistinctImages,
    { known, weighting, score, outOf }: DescribeOptions,
  ): AsyncGenerator<[content: string, Description]> {
    const contents = images.usable;
    const keepBag = hasRoomForBags(this.session.cache, outOf ?? contents.length, this.session.shape);
    const unknown = new Map<string, ImageSource>();
    for (const content of contents) {
      const image = images.source(content);
      const isKnown = known.has(image.bagKey) || (await this.session.cache.has('distances', this.distancesKey(image)));
      if (!isKnown) unknown.set(content, image);
    }
    const references = unknown.size > 0 ? await this.load([...unknown.values()]) : undefined;
    const progress = this.session.startStage('compare', contents.length);
    for await (const [content, result] of this.session.tasks('describe', contents, (content) => {
      const image = images.source(content);
      const weights = weighting(content);
      const scores = score?.(content);
      return {
        ...this.measureTask(image, keepBag),
        references: unknown.has(content) ? references : undefined,
        distances: known.get(image.bagKey),
        weighting: weights,
        score: scores,
        descriptorKey: descriptorKey(scores?.scoreKey ?? this.distancesKey(image), weights),
      };
    })) {
      if (result.ok) yield [content, result.value];
      else images.reasons.set(content, result.reason);
      progress.step();
    }
  }

  /**
   * Descriptors of some of the references themselves, each compared with the others only. Those that cannot be described are left out.
   * @param deviation of the scores of the images that are compared with the references
   */
  async describeReferences(references: readonly ImageSource[], deviation: number): Promise<Float32Array[]> {
    const weighting: Weighting = { kind: 'blocks', deviation };
    const keys = new Map(
      references.map(({ bagKey }) => [
        bagKey,
        cacheKey('distances', bagKey, this.key, 'to others', this.aggregate, this.options.strategy.key),
      ]),
    );
    const descriptors: Float32Array[] = [];
    const loaded = await this.load([]);
    const progress = this.session.startStage('compare', references.length);
    for await (const [, result] of this.session.tasks('describe', references, (image) => ({
      ...this.measureTask(image, true),
      own: this.slots.get(image.bagKey)!,
      distancesKey: keys.get(image.bagKey)!,
      references: loaded,
      weighting,
      descriptorKey: descriptorKey(keys.get(image.bagKey)!, weighting),
    }))) {
      if (result.ok) descriptors.push(result.value.descriptor);
      progress.step();
    }
    return descriptors;
  }

  private measureTask(image: ImageSource, keepBag: boolean): SessionInput<'measure'> {
    return {
      image,
      own: this.options.kind === 'normal images' ? -1 : (this.slots.get(image.bagKey) ?? -1),
      aggregate: this.aggregate,
      distancesKey: this.distancesKey(image),
      sumsKey: this.sumsKey(image),
      keepBag,
    };
  }

  /** Where the cache keeps what an image was compared with last, whichever references those were. */
  private sumsKey({ bagKey }: ImageSource): string | undefined {
    return this.aggregate === 'mean' ? cacheKey('sums', bagKey, this.options.strategy.key) : undefined;
  }

  private load(unknown: ImageSource[]): Promise<References> {
    return (this.loaded ??= this.loadReferences(unknown));
  }

  private async loadReferences(unknown: ImageSource[]): Promise<References> {
    const { patches, dimensions } = this.session.shape;
    const count = this.references.length;
    const all = [...this.references, ...(await this.formerReferences(unknown))];
    const bags = allocateBags(all.length, patches, dimensions);
    const projection = await this.options.strategy.projection();
    const projected = projection && { projection, bags: allocateBags(all.length, patches, projection.size) };
    const keys = all.map(({ bagKey }) => bagKey);
    const slots = all.map((image, slot) => ({ image, slot }));
    for await (const [{ image, slot }, result] of this.session.tasks('loadBag', slots, ({ image, slot }) => ({
      image,
      slot,
      bags,
      projected,
    }))) {
      if (result.ok) continue;
      if (slot < count)
        throw new EngineError({ code: 'internal', file: image.file }, `${image.file} ${result.reason}. Run again.`);
      // A former reference that the cache lost just now: images that were compared with it are compared anew.
      keys[slot] = '';
    }
    return { bags, projected, keys, count };
  }

  /** A few images that an earlier run compared with and this one does not, as long as the cache has their bags. */
  private async formerReferences(unknown: ImageSource[]): Promise<ImageSource[]> {
    // Their keys do not say which of their patches count.
    if (this.references.some(({ area }) => area)) return [];
    for (const image of unknown) {
      const key = this.sumsKey(image);
      const known = key && (await readSums(this.session.cache, key, this.session.shape.patches));
      if (!known) continue;
      const former = known.keys.filter((bagKey) => !this.slots.has(bagKey));
      if (former.length > this.references.length / 8) return [];
      const are = await Promise.all(former.map((bagKey) => this.session.cache.has('bags', bagKey)));
      return are.every(Boolean) ? former.map((bagKey) => ({ bagKey, file: '' })) : [];
    }
    return [];
  }
}

/** Goes up when the blocks change. */
const blocksVersion = 1;

/** Undefined for what is not worth keeping, or depends on files that the key would not know. */
function descriptorKey(distancesKey: string, weighting: Weighting): string | undefined {
  switch (weighting.kind) {
    case 'softmax':
      return cacheKey('descriptor', distancesKey, weighting.temperature);
    case 'hard':
      return cacheKey('descriptor', distancesKey, 'hard', weighting.patches);
    case 'blocks':
      return weighting.mask ? undefined : cacheKey('blocks', blocksVersion, distancesKey, weighting.deviation);
    default:
      return undefined;
  }
}
