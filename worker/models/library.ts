// The library: networks that were fetched to this machine, in the platform's data folder. Each is an ONNX file with a manifest that
// says where it came from and what its hash was when it was whole.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import envPaths from 'env-paths';
import { EngineError } from '../api/errors';
import { formatMegabytes } from '../base/units';
import { z } from 'zod';
import { writeFileAtomic } from '../store/atomic-write';
import type { CatalogueEntry } from './catalogue';
import type { Model } from '../features/model';
import { formatModelName } from './name';
import { describeStages, parseStages, type Stage } from './resnet';

const manifestSchema = z.object({
  /** Name as {@link variantOf} gives it. */
  name: z.string(),
  /** SHA-256 of the ONNX file. */
  sha256: z.string(),
  bytes: z.int(),
  source: z.object({
    /** Address or file that it was made from. */
    from: z.string(),
    /** SHA-256 of that whole file, as the catalogue or the hub gives it. */
    sha256: z.string().optional(),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** The platform's data folder, or what the environment variable ANOMALY_CLUSTERING_MODELS names. */
export function defaultLibraryFolder(): string {
  return (
    process.env['ANOMALY_CLUSTERING_MODELS'] ?? join(envPaths('anomaly-clustering', { suffix: '' }).data, 'models')
  );
}

/** The stage of the paper, and of every network that has stages, unless another is named. */
const usualStage = 'layer2';

/** What there is of a catalogue model: its stages, or the one file. */
export interface Variant {
  /** As people name it: the id alone for the usual stage. */
  name: string;
  /** Stages, where the network has them. */
  stages?: Stage[];
  /** File name without extension. */
  stem: string;
}

/** @throws EngineError `model-not-found` for a stage that there is not */
export function variantOf(entry: CatalogueEntry, output: string | undefined): Variant {
  if (entry.source.kind === 'safetensors') {
    const stages = parseStages(output ?? usualStage);
    const stem = stages.join('+');
    return { name: stem === usualStage ? entry.id : `${entry.id}#${stem}`, stages, stem };
  }
  if (output === undefined) return { name: entry.id, stem: 'model' };
  throw new EngineError(
    { code: 'model-not-found', network: `${entry.id}#${output}` },
    `The model ${entry.id} has one output. Write "${entry.id}" without "#".`,
  );
}

/** The networks that were fetched to this machine; several processes may use it at once. */
export class ModelLibrary {
  constructor(readonly folder: string = defaultLibraryFolder()) {}

  /** Absolute path of a variant's ONNX file, there or not. */
  path(entry: CatalogueEntry, { stem }: Variant): string {
    return join(this.folder, entry.id, `${stem}.onnx`);
  }

  /** Undefined when it was not fetched, or not wholly. */
  async manifest(entry: CatalogueEntry, variant: Variant): Promise<Manifest | undefined> {
    const text = await readFile(manifestPath(this.path(entry, variant)), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return manifestSchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  /**
   * Keeps a network: its file first, then the manifest that makes it count.
   * @param check looks at the file before it counts; what it refuses is removed
   * @throws EngineError `not-writable`, and what `check` throws
   */
  async keep(
    entry: CatalogueEntry,
    variant: Variant,
    onnx: Uint8Array,
    source: Manifest['source'],
    check: (file: string) => Promise<void>,
  ): Promise<Manifest> {
    const file = this.path(entry, variant);
    await rm(manifestPath(file), { force: true });
    await writeFileAtomic(file, onnx);
    try {
      await check(file);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    const sha256 = createHash('sha256').update(onnx).digest('hex');
    const manifest: Manifest = { name: variant.name, sha256, bytes: onnx.length, source };
    await writeFileAtomic(manifestPath(file), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  }

  /**
   * A fetched network, whole.
   * @throws EngineError `model-not-installed` that says how to get it; `model-invalid` when its file is damaged
   */
  async model(entry: CatalogueEntry, output: string | undefined): Promise<Model> {
    const variant = variantOf(entry, output);
    const hash = await this.verify(entry, variant);
    return catalogueModel(entry, variant, this.path(entry, variant), hash);
  }

  /** Compares a file with its manifest. @returns its SHA-256 @throws EngineError as {@link model} */
  async verify(entry: CatalogueEntry, variant: Variant): Promise<string> {
    const manifest = await this.manifest(entry, variant);
    if (manifest === undefined) throw notInstalled(entry, variant);
    const file = this.path(entry, variant);
    const found = await hashFile(file).catch(() => undefined);
    if (found === undefined) throw notInstalled(entry, variant);
    if (found !== manifest.sha256) {
      throw new EngineError(
        { code: 'model-invalid', file },
        `The file of ${variant.name} is damaged: ${file}. Get it again: anomaly-clustering models get ${variant.name}`,
      );
    }
    return found;
  }

  /** Variants of a catalogue model that were fetched, by name. */
  async installed(entry: CatalogueEntry): Promise<Manifest[]> {
    const names = await readdir(join(this.folder, entry.id)).catch(() => []);
    const manifests: Manifest[] = [];
    for (const name of names.sort()) {
      if (!name.endsWith('.onnx')) continue;
      const manifest = await this.manifest(entry, { name: '', stem: name.slice(0, -'.onnx'.length) });
      if (manifest) manifests.push(manifest);
    }
    return manifests;
  }

  /** @returns whether there was anything to remove */
  async remove(entry: CatalogueEntry, variant: Variant): Promise<boolean> {
    const file = this.path(entry, variant);
    const wasThere = (await this.manifest(entry, variant)) !== undefined;
    await rm(manifestPath(file), { force: true });
    await rm(file, { force: true });
    return wasThere;
  }
}

/** A catalogue network at its place, as the pool takes it. */
export function catalogueModel(entry: CatalogueEntry, variant: Variant, file: string, hash: string): Model {
  const { id, input, output, prefixTokens } = entry;
  const model = { hash, file, input, output, patches: entry.patches, prefixTokens };
  if (!variant.stages || entry.source.kind !== 'safetensors') {
    return { ...model, reference: formatModelName(id, undefined, hash) };
  }
  const { stride, origin, skipsPooling } = describeStages(entry.source.architecture, variant.stages);
  const stage = variant.name === id ? undefined : variant.stem;
  return { ...model, reference: formatModelName(id, stage, hash), patches: { stride, origin }, skipsPooling };
}

function notInstalled({ source, title }: CatalogueEntry, { name }: Variant): EngineError {
  const size = source.kind === 'built-in' ? '' : ` (about ${formatMegabytes(source.bytes, 0)})`;
  return new EngineError(
    { code: 'model-not-installed', network: name },
    `The network ${title} is not on this machine yet${size}. Get it: anomaly-clustering models get ${name}`,
  );
}

function manifestPath(file: string): string {
  return file.replace(/\.onnx$/, '.json');
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
