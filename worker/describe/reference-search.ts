// Distances of images to one set of references (Eq. 6 and 7), which is brought into memory when it is first needed.
import { EngineError, type AggregateName } from '../api';
import { allocateBags } from '../bags/search';
import { startStage, taskContext, type Run } from '../engine';
import type { Model } from '../models/model';
import type { Description, Weighting } from '../pool/tasks/compare';
import { readSums, type MeasureTask, type References } from '../pool/tasks/references';
import type { BagShape, ImageSource } from '../pool/tasks/thread';
import { cacheKey } from '../store/cache';
import type { SearchWay } from './search-way';
import { referencesKey, type Subjects } from './subjects';

export class ReferenceSearch {
  private readonly key: string;
  private readonly slots: Map<string, number>;
  private loaded: Promise<References> | undefined;

  constructor(
    private readonly run: Run,
    private readonly model: Model,
    private readonly shape: BagShape,
    readonly references: ImageSource[],
    /** Reference images leave out the image itself; an image that is in the normal bank, too, is as near as can be. */
    private readonly kind: 'reference images' | 'normal images',
    private readonly way: SearchWay,
    /** The smallest distance over normal images is that to their nearest patch: Eq. 6. */
    readonly aggregate: AggregateName = kind === 'normal images' ? 'min' : 'mean',
  ) {
    this.key = referencesKey(references);
    this.slots = new Map(references.map(({ bagKey }, slot) => [bagKey, slot]));
  }

  /** Where the cache keeps the aggregated distances of an image's patches. */
  distancesKey({ bagKey }: ImageSource): string {
    return cacheKey('distances', bagKey, this.key, this.aggregate, this.way.key);
  }

  /** Aggregated distances (M) of those images that the cache knows, by bag key. */
  async known(images: ImageSource[]): Promise<Map<string, Float32Array>> {
    const known = new Map<string, Float32Array>();
    for (const image of images) {
      const bytes = await this.run.cache.get('distances', this.distancesKey(image));
      if (bytes) known.set(image.bagKey, new Float32Array(bytes.buffer));
    }
    return known;
  }

  /** Keeps distances that were found in another way. */
  async keep(image: ImageSource, distances: Float32Array): Promise<void> {
    await this.run.cache.put('distances', this.distancesKey(image), distances);
  }

  /** Aggregated distances (M) of each image, by bag key; images that cannot be used are left out. */
  async measure(images: ImageSource[]): Promise<Map<string, Float32Array>> {
    const distances = await this.known(images);
    const rest = images.filter(({ bagKey }) => !distances.has(bagKey));
    if (rest.length === 0) return distances;
    const references = await this.load(rest);
    const progress = startStage(this.run, 'compare', rest.length);
    for await (const [image, result] of this.run.pool.runInOrder('measure', rest, (image) => ({
      ...this.measureTask(image, true),
      references,
    }))) {
      if (result.ok) distances.set(image.bagKey, result.value);
      progress.step();
    }
    return distances;
  }

  /**
   * Descriptors by content: every image passes through, and its patches are dropped.
   * @param sampleDistances what is known already, by bag key
   * @param reasons where images that turn out to be unusable are noted
   */
  async describe(
    contents: string[],
    subjects: Subjects,
    sampleDistances: Map<string, Float32Array>,
    weighting: (content: string) => Weighting,
    keepBag: boolean,
    reasons: Map<string, string>,
  ): Promise<Map<string, Description>> {
    const descriptions = new Map<string, Description>();
    const unknown = new Map<string, ImageSource>();
    for (const content of contents) {
      const image = subjects.get(content)!;
      const isKnown =
        sampleDistances.has(image.bagKey) || (await this.run.cache.has('distances', this.distancesKey(image)));
      if (!isKnown) unknown.set(content, image);
    }
    const references = unknown.size > 0 ? await this.load([...unknown.values()]) : undefined;
    const progress = startStage(this.run, 'compare', contents.length);
    for await (const [content, result] of this.run.pool.runInOrder('describe', contents, (content) => {
      const image = subjects.get(content)!;
      const weights = weighting(content);
      return {
        ...this.measureTask(image, keepBag),
        references: unknown.has(content) ? references : undefined,
        distances: sampleDistances.get(image.bagKey),
        weighting: weights,
        descriptorKey: descriptorKey(this.distancesKey(image), weights),
      };
    })) {
      if (result.ok) descriptions.set(content, result.value);
      else reasons.set(content, result.reason);
      progress.step();
    }
    return descriptions;
  }

  private measureTask(image: ImageSource, keepBag: boolean): MeasureTask {
    return {
      image,
      model: this.model,
      own: this.kind === 'normal images' ? -1 : (this.slots.get(image.bagKey) ?? -1),
      aggregate: this.aggregate,
      distancesKey: this.distancesKey(image),
      sumsKey: this.sumsKey(image),
      keepBag,
      ...taskContext(this.run),
    };
  }

  /** Where the cache keeps what an image was compared with last, whichever references those were. */
  private sumsKey({ bagKey }: ImageSource): string | undefined {
    const { way, aggregate } = this;
    return aggregate === 'mean' ? cacheKey('sums', bagKey, way.key) : undefined;
  }

  private load(unknown: ImageSource[]): Promise<References> {
    return (this.loaded ??= this.loadReferences(unknown));
  }

  private async loadReferences(unknown: ImageSource[]): Promise<References> {
    const { patches, dimensions } = this.shape;
    const count = this.references.length;
    const all = [...this.references, ...(await this.formerReferences(unknown))];
    const bags = allocateBags(all.length, patches, dimensions);
    const projection = await this.way.projection();
    const projected = projection && { projection, bags: allocateBags(all.length, patches, projection.size) };
    const keys = all.map(({ bagKey }) => bagKey);
    const slots = all.map((image, slot) => ({ image, slot }));
    for await (const [{ image, slot }, result] of this.run.pool.runInOrder('loadBag', slots, ({ image, slot }) => ({
      image,
      slot,
      bags,
      projected,
      model: this.model,
      ...taskContext(this.run),
    }))) {
      if (result.ok) continue;
      if (slot < count) throw new EngineError('internal', `${image.file} ${result.reason}. Run again.`, image.file);
      // A former reference that the cache lost just now: images that were compared with it are compared anew.
      keys[slot] = '';
    }
    return { bags, projected, keys, count };
  }

  /** A few images that an earlier run compared with and this one does not, as long as the cache has their bags. */
  private async formerReferences(unknown: ImageSource[]): Promise<ImageSource[]> {
    for (const image of unknown) {
      const key = this.sumsKey(image);
      const known = key && (await readSums(this.run.cache, key, this.shape.patches));
      if (!known) continue;
      const former = known.keys.filter((bagKey) => !this.slots.has(bagKey));
      if (former.length > this.references.length / 8) return [];
      const are = await Promise.all(former.map((bagKey) => this.run.cache.has('bags', bagKey)));
      return are.every(Boolean) ? former.map((bagKey) => ({ bagKey, file: '' })) : [];
    }
    return [];
  }
}

/** Undefined for what is not worth keeping, or depends on files that the key would not know. */
function descriptorKey(distancesKey: string, weighting: Weighting): string | undefined {
  switch (weighting.kind) {
    case 'softmax':
      return cacheKey('descriptor', distancesKey, weighting.temperature);
    case 'hard':
      return cacheKey('descriptor', distancesKey, 'hard', weighting.patches);
    default:
      return undefined;
  }
}
