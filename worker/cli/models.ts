// `models list | get | verify | remove`: the networks of the catalogue, and which are on this machine.
import { EngineError } from '../api/errors';
import { formatMegabytes } from '../base/units';
import type { Run } from '../session/run';
import { readCatalogue, type CatalogueEntry } from '../models/catalogue';
import { findModel } from '../models/find';
import { getModel } from '../models/get';
import { ModelLibrary, variantOf } from '../models/library';
import { listModels } from '../models/list';
import { parseModelName } from '../models/name';
import { startDownload } from '../models/progress';
import { printJson } from '../terminal/json-output';

/** Prints the catalogue, and what of it is on this machine. */
export async function runModelsList({ modelsFolder }: Run, { json }: { json?: boolean }): Promise<void> {
  const models = await listModels(modelsFolder);
  if (json) {
    printJson({ models });
    return;
  }
  const width = Math.max(...models.map(({ id }) => id.length));
  for (const { id, title, note, licence, bytes, installed } of models) {
    const state =
      bytes === 0 ? 'built in' : installed.length > 0 ? 'on this machine' : `${formatMegabytes(bytes)} to get`;
    console.log(`${id.padEnd(width)}  ${title}, ${licence}, ${state}`);
    console.log(`${' '.repeat(width)}  ${note}`);
    const others = installed.filter((name) => name !== id);
    if (others.length > 0) console.log(`${' '.repeat(width)}  Also here: ${others.join(', ')}`);
  }
  console.log('');
  console.log(`Networks are kept in ${new ModelLibrary().folder}`);
  console.log('Get one: anomaly-clustering models get <id>. Use it: anomaly-clustering cluster <folder> --model <id>');
}

/** Fetches a network, or takes it from a file. @throws EngineError `model-not-found`, `model-invalid`, `download-…` */
export async function runModelsGet(run: Run, name: string, { from }: { from?: string }): Promise<void> {
  const onProgress = startDownload(run.onProgress);
  const got = await getModel(run.modelsFolder, { name, from, flag: run.flag, onProgress });
  console.log(
    `${got.name} ${got.isNew ? 'is ready' : 'was here already, whole'}: ${got.file} (${formatMegabytes(got.bytes)}, SHA-256 ${got.sha256})`,
  );
}

/** All networks on this machine, or those that are named. */
export async function runModelsVerify(run: Run, names: string[]): Promise<void> {
  const known = names.length > 0 ? names : (await listModels(run.modelsFolder)).flatMap(({ installed }) => installed);
  const damaged: string[] = [];
  for (const name of known) {
    try {
      const { reference, hash } = await findModel(name, run);
      console.log(`${reference}: whole (SHA-256 ${hash})`);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      console.log(`${name}: ${error.message}`);
      damaged.push(name);
    }
  }
  if (damaged.length > 0) throw new EngineError({ code: 'model-invalid' }, `Not whole: ${damaged.join(', ')}.`);
}

/** Deletes a network of this machine. @throws EngineError `model-not-found` */
export async function runModelsRemove({ modelsFolder }: Run, name: string): Promise<void> {
  const { entry, output } = await named(modelsFolder, name);
  const variant = variantOf(entry, output);
  const wasThere = await new ModelLibrary().remove(entry, variant);
  console.log(wasThere ? `${variant.name} was removed.` : `${variant.name} is not on this machine.`);
}

async function named(
  modelsFolder: string,
  name: string,
): Promise<{ entry: CatalogueEntry; output: string | undefined }> {
  const { id, output } = parseModelName(name);
  const entry = (await readCatalogue(modelsFolder)).find((each) => each.id === id);
  if (entry === undefined || entry.source.kind === 'built-in') {
    throw new EngineError(
      { code: 'model-not-found', network: id },
      `There is no network "${id}" to remove. See: anomaly-clustering models list`,
    );
  }
  return { entry, output };
}
