// From what a person wrote (an id, a stage of it, a file) to a network that is there and whole.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DistanceName } from '../api/settings';
import { EngineError } from '../api/errors';
import type { Cache } from '../store/cache';
import { readCatalogue, type CatalogueEntry } from './catalogue';
import { catalogueModel, ModelLibrary, variantOf } from './library';
import type { Model } from '../features/model';
import { isOwnFile, joinModelName, parseModelName } from './name';
import { ownModel } from './own';

/** Of Table 4. */
const holisticStage = 'layer4';

/**
 * Finds a network by catalogue id (`resnet50`), with a stage where it has several (`resnet50#layer3`), or by the path of an .onnx file,
 * with the tensor to take where it is not to be found (`net.onnx#features`).
 * @param distance what the network is for: holistic vectors are those of the last stage, unless another is named
 * @throws EngineError `model-not-found`, saying what there is; `model-not-installed`, saying how to get it; `model-invalid` when a file is damaged
 */
export async function findModel(
  name: string,
  { modelsFolder, cache }: { modelsFolder: string; cache: Cache },
  distance?: DistanceName,
): Promise<Model> {
  const { id, output } = parseModelName(name);
  const catalogue = await readCatalogue(modelsFolder);
  const entry = catalogue.find((each) => each.id === id);
  if (entry) {
    const hasStages = entry.source.kind === 'safetensors';
    const usual = hasStages && distance === 'holistic' ? holisticStage : undefined;
    return fromCatalogue(entry, output ?? usual, modelsFolder);
  }
  if (isOwnFile(id)) return ownModel(id, output, cache);
  const ids = catalogue.map((each) => each.id).join(', ');
  throw new EngineError(
    { code: 'model-not-found', network: id },
    `There is no model "${id}". Use one of: ${ids}; or the path of an .onnx file.`,
  );
}

/** The same name, by which `findModel` finds the same network from any working directory. */
export function lastingName(name: string): string {
  const { id, output } = parseModelName(name);
  return isOwnFile(name) ? joinModelName(resolve(id), output) : name;
}

async function fromCatalogue(entry: CatalogueEntry, output: string | undefined, modelsFolder: string): Promise<Model> {
  if (entry.source.kind !== 'built-in') return new ModelLibrary().model(entry, output);
  const file = join(modelsFolder, entry.source.file);
  const hash = await readFile(file).then(
    (bytes) => createHash('sha256').update(bytes).digest('hex'),
    () => undefined,
  );
  if (hash !== entry.source.sha256) {
    throw new EngineError(
      { code: 'model-invalid', file },
      `The model file ${file} is missing or damaged. Install the extension again.`,
    );
  }
  return catalogueModel(entry, variantOf(entry, output), file, hash);
}
