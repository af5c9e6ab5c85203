// What the catalogue offers and what of it is on this machine.
import type { ModelInfo } from '../api';
import { readCatalogue } from './catalogue';
import { ModelLibrary } from './library';

export async function listModels(modelsFolder: string, library = new ModelLibrary()): Promise<ModelInfo[]> {
  const models: ModelInfo[] = [];
  for (const entry of await readCatalogue(modelsFolder)) {
    const { id, title, note, licence, source } = entry;
    const isBuiltIn = source.kind === 'built-in';
    const installed = isBuiltIn ? [id] : (await library.installed(entry)).map(({ name }) => name);
    models.push({ id, title, note, licence, bytes: isBuiltIn ? 0 : source.bytes, installed });
  }
  return models;
}
