// What the catalogue offers and what of it is on this machine.
import type { ModelInfo } from '../api/requests';
import { readCatalogue } from './catalogue';
import { ModelLibrary } from './library';

/**
 * All networks of the catalogue, in its order, with the names of their variants that are on this machine.
 * @param modelsFolder absolute path of the folder with catalogue.json
 * @returns `bytes` to fetch; 0 for a built-in network
 */
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
