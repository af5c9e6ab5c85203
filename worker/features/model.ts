// The model catalogue: which networks there are and what each expects.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../api';

const triple = z.tuple([z.number(), z.number(), z.number()]);

const catalogueSchema = z.object({
  models: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      /** File beside the catalogue. */
      file: z.string(),
      sha256: z.string(),
      licence: z.string(),
      input: z.object({ width: z.int(), height: z.int(), mean: triple, deviation: triple }),
      /** Name of the feature map's output; the first 4-D output when absent. */
      output: z.string().optional(),
      patches: z.object({ stride: z.number(), origin: z.number() }),
    }),
  ),
});

export type CatalogueEntry = z.infer<typeof catalogueSchema>['models'][number];

/** A network that is ready to be opened, as plain data for the pool's workers. */
export interface Model {
  /** How the label file names it: `id@hash8`. */
  reference: string;
  /** SHA-256 of the model file; part of every cache key. */
  hash: string;
  file: string;
  input: CatalogueEntry['input'];
  output?: string | undefined;
  /** Pixels between patch centres, and position of the first one (see PatchGrid); unknown for a user's own file. */
  patches?: CatalogueEntry['patches'] | undefined;
}

/** What a user's own ONNX file is taken for: RGB in 0..1, normalised as ImageNet networks are, 256×256. */
const usualInput: CatalogueEntry['input'] = {
  width: 256,
  height: 256,
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/**
 * Finds a model by catalogue id or by the path of an .onnx file.
 * @param modelsFolder the folder that holds catalogue.json
 * @throws EngineError `model-not-found`, listing what there is; `model-invalid` when a built-in file is damaged
 */
export async function findModel(name: string, modelsFolder: string): Promise<Model> {
  const catalogue = catalogueSchema.parse(JSON.parse(await readFile(join(modelsFolder, 'catalogue.json'), 'utf8')));
  const entry = catalogue.models.find(({ id }) => id === name);
  if (entry === undefined && !name.toLowerCase().endsWith('.onnx')) {
    const ids = catalogue.models.map(({ id }) => id).join(', ');
    throw new EngineError(
      'model-not-found',
      `There is no model "${name}". Use one of: ${ids}; or the path of an .onnx file.`,
    );
  }
  const file = entry ? join(modelsFolder, entry.file) : isAbsolute(name) ? name : resolve(name);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new EngineError('model-not-found', `The model file ${file} cannot be read. Check the path.`, file, {
      cause: error,
    });
  });
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (entry && hash !== entry.sha256) {
    throw new EngineError('model-invalid', `The model file ${file} is damaged. Install the extension again.`, file);
  }
  const id =
    entry?.id ??
    file
      .split(/[\\/]/)
      .pop()!
      .replace(/\.onnx$/i, '');
  return {
    reference: `${id}@${hash.slice(0, 8)}`,
    hash,
    file,
    input: entry?.input ?? usualInput,
    output: entry?.output,
    patches: entry?.patches,
  };
}
