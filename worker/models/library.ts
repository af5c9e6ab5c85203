// The library: networks that were fetched to this machine, in the platform's data folder.
import { EngineError } from '../api';
import type { CatalogueEntry } from './catalogue';
import type { Model } from './model';

export class ModelLibrary {
  /** @throws EngineError `model-not-found` that says how to get it */
  model(entry: CatalogueEntry, output: string | undefined): Promise<Model> {
    const name = output === undefined ? entry.id : `${entry.id}#${output}`;
    return Promise.reject(
      new EngineError(
        'model-not-found',
        `The model ${name} is not on this machine yet. Get it with: models get ${name}`,
      ),
    );
  }
}
