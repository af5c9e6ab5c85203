// From what a person wrote (an id, a stage of it, a file) to a network that is there and whole.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../api';
import type { Engine } from '../engine';
import { readCatalogue, type CatalogueEntry } from './catalogue';
import { ModelLibrary } from './library';
import type { Model } from './model';
import { formatModelName, parseModelName } from './name';
import { ownModel } from './own';

/**
 * Finds a network by catalogue id (`resnet50`), with a stage where it has several (`resnet50#layer3`), or by the path of an .onnx file,
 * with the tensor to take where it is not to be found (`net.onnx#features`).
 * @throws EngineError `model-not-found`, saying what there is or how to get it; `model-invalid` when a file is damaged
 */
export async function findModel(name: string, engine: Pick<Engine, 'modelsFolder' | 'cache'>): Promise<Model> {
  const { id, output } = parseModelName(name);
  const catalogue = await readCatalogue(engine.modelsFolder);
  const entry = catalogue.find((each) => each.id === id);
  if (entry) return catalogueModel(entry, output, engine.modelsFolder);
  if (id.toLowerCase().endsWith('.onnx')) return ownModel(id, output, engine.cache);
  const ids = catalogue.map((each) => each.id).join(', ');
  throw new EngineError(
    'model-not-found',
    `There is no model "${id}". Use one of: ${ids}; or the path of an .onnx file.`,
  );
}

async function catalogueModel(entry: CatalogueEntry, output: string | undefined, modelsFolder: string): Promise<Model> {
  if (entry.source.kind === 'built-in') {
    if (output !== undefined) throw noStages(entry);
    return builtIn(entry, join(modelsFolder, entry.source.file), entry.source.sha256);
  }
  if (entry.source.kind === 'onnx' && output !== undefined) throw noStages(entry);
  return new ModelLibrary().model(entry, output);
}

async function builtIn(entry: CatalogueEntry, file: string, sha256: string): Promise<Model> {
  const damaged = (cause?: unknown) =>
    new EngineError(
      'model-invalid',
      `The model file ${file} is missing or damaged. Install the extension again.`,
      file,
      { cause },
    );
  const bytes = await readFile(file).catch((error: unknown) => {
    throw damaged(error);
  });
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (hash !== sha256) throw damaged();
  const { input, output, patches, prefixTokens } = entry;
  return { reference: formatModelName(entry.id, undefined, hash), hash, file, input, output, patches, prefixTokens };
}

function noStages({ id }: CatalogueEntry): EngineError {
  return new EngineError('model-not-found', `The model ${id} has one output. Write "${id}" without "#".`);
}
