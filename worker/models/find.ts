// From what a person wrote (an id, a stage of it, a file) to a network that is there and whole.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EngineError, type DistanceName } from '../api';
import type { Engine } from '../engine';
import { readCatalogue, type CatalogueEntry } from './catalogue';
import { catalogueModel, ModelLibrary, variantOf } from './library';
import type { Model } from './model';
import { joinModelName, parseModelName } from './name';
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
  engine: Pick<Engine, 'modelsFolder' | 'cache'>,
  distance?: DistanceName,
): Promise<Model> {
  const { id, output } = parseModelName(name);
  const catalogue = await readCatalogue(engine.modelsFolder);
  const entry = catalogue.find((each) => each.id === id);
  if (entry) {
    const hasStages = entry.source.kind === 'safetensors';
    const usual = hasStages && distance === 'holistic' ? holisticStage : undefined;
    return fromCatalogue(entry, output ?? usual, engine.modelsFolder);
  }
  if (id.toLowerCase().endsWith('.onnx')) return ownModel(id, output, engine.cache);
  const ids = catalogue.map((each) => each.id).join(', ');
  throw new EngineError(
    'model-not-found',
    `There is no model "${id}". Use one of: ${ids}; or the path of an .onnx file.`,
  );
}

/** The same name, by which `findModel` finds the same network from any working directory. */
export function lastingName(name: string): string {
  const { id, output } = parseModelName(name);
  return id.toLowerCase().endsWith('.onnx') ? joinModelName(resolve(id), output) : name;
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
      'model-invalid',
      `The model file ${file} is missing or damaged. Install the extension again.`,
      file,
    );
  }
  return catalogueModel(entry, variantOf(entry, output), file, hash);
}
