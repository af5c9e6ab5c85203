// "Export Catalogue of Defects": what a folder's named clusters look like, for folders to come; without a picture.
import { loadAnalysis } from '../analysis/stored';
import { EngineError } from '../api/errors';
import { findArea } from '../area/read-area';
import type { CatalogueRequest, CatalogueResult } from '../api/requests';
import { defaultSettings } from '../api/settings';
import { evenly } from '../base/evenly';
import { without } from '../base/without';
import { readDataset } from '../describe/dataset';
import { describeImages } from '../describe/describe-images';
import { prepareImages } from '../prepare/prepare-images';
import { limitToArea } from '../prepare/limit-to-area';
import { scanFolder } from '../images/scan';
import type { LabelDocument } from '../labels';
import { isDecided } from '../labels/align';
import { hasVectorsForOthers, serializeCatalogue, type CatalogueExample } from '../learning/catalogue';
import type { Run } from '../session/run';
import { openSession } from '../session/session';
import { parsePrevious } from './labels-of-run';
import { planRun, wantedWay } from './method-of-run';

/** Of each cluster, of images that a person decided on, and of others: more say the same and make the file large. */
const [mostDecided, mostOthers] = [200, 20];

/**
 * @throws EngineError `label-file-invalid` where no cluster says what it is, or the method keeps no vectors of blocks; `too-few-images` where none of
 * the images of these clusters is there
 */
export async function exportCatalogue(run: Run, request: CatalogueRequest): Promise<CatalogueResult> {
  const { folder, labelFile, labels, device } = request;
  const refuse = (message: string): never => {
    throw new EngineError({ code: 'label-file-invalid', file: labelFile }, `${message} Nothing was written.`);
  };
  const base = { ...request, settings: { ...defaultSettings, model: request.model } };
  const document =
    parsePrevious({ ...base, previousLabels: labels }) ?? refuse(`${labelFile} is empty, so it has no clusters.`);
  const { method } = document;
  if (!hasVectorsForOthers(method))
    refuse(
      'A catalogue can be made of clusters by the default method only: not by the method of the paper, with normal images, or with masks.',
    );
  const clusters = document.clusters.filter(isDecided);
  if (clusters.length === 0)
    refuse('No cluster has a name yet, so there is nothing to hand on. Name the clusters first, or review them.');
  const last = await loadAnalysis(run.cache, folder);
  const plan = await planRun(
    base,
    { ...document, method: ofImages(method) },
    { ...run, lastNetwork: last?.embedded?.network.name },
  );
  const { settings } = plan;
  const opened = await openSession(run, { ...settings, device });
  const read = await readDataset(run, await scanFolder(folder), settings.pages);
  const { dataset: whole } = await prepareImages(opened, read, wantedWay(plan));
  const area = await findArea(folder, { recorded: method.area });
  const { session, dataset } = limitToArea(opened, whole, area, settings);
  const content = new Map(dataset.images.map((image) => [image.path, image.content]));
  const chosen = clusters.flatMap(({ id }) => {
    const own = document.images.filter(({ path, cluster }) => cluster === id && content.has(path));
    return [
      ...evenly(
        own.filter(({ pinned }) => pinned === true),
        mostDecided,
      ),
      ...evenly(
        own.filter(({ pinned }) => pinned !== true),
        mostOthers,
      ),
    ];
  });
  const wanted = new Set(chosen.map(({ path }) => content.get(path)!));
  const { blocks } = await describeImages(session, dataset, settings, { wanted });
  const examples = chosen.flatMap(({ path, cluster, pinned = false }): CatalogueExample[] => {
    const vector = blocks?.get(content.get(path)!);
    return vector ? [{ cluster, decided: pinned, vector }] : [];
  });
  if (examples.length === 0) {
    throw new EngineError(
      { code: 'too-few-images', folder },
      `None of the images of the named clusters is in ${folder}, so there is nothing to hand on.`,
    );
  }
  const kept = clusters.filter(({ id }) => examples.some(({ cluster }) => cluster === id));
  return {
    catalogue: serializeCatalogue({
      network: session.model.hash,
      blockSize: session.shape.dimensions,
      method: ofImages(method),
      clusters: kept,
      examples,
    }),
    clusters: kept.length,
    examples: examples.length,
  };
}

/** A catalogue is of whole images, by their labels. */
function ofImages(method: LabelDocument['method']): LabelDocument['method'] {
  return without(method, 'regions');
}
