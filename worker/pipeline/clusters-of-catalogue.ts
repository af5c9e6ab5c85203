// The clusters of a catalogue on the images of a folder: its vectors stand for images that are not here.
import { EngineError } from '../api/errors';
import { findArea, type UsedArea } from '../area/read-area';
import type { CatalogueFile, ClusterRequest, Note } from '../api/requests';
import type { MethodSettings } from '../api/settings';
import { readDataset, type Dataset } from '../describe/dataset';
import { describeImages, type DescribedDataset } from '../describe/describe-images';
import { prepareImages } from '../prepare/prepare-images';
import { limitToArea } from '../prepare/limit-to-area';
import { scanFolder } from '../images/scan';
import type { LabelCluster, LabelDocument, LabelImage } from '../labels';
import { parseCatalogue, type Catalogue } from '../learning/catalogue';
import type { Run } from '../session/run';
import { openSession, type Session } from '../session/session';
import { checkSettings } from './check-settings';
import type { GroupedRegions } from './group-regions';
import { withArea } from './labels-of-run';
import { planRun, wantedWay } from './method-of-run';
import { placeRows } from './place-new';

/** A folder's images in clusters that were made elsewhere. */
export interface TakenOver {
  session: Session;
  settings: MethodSettings;
  /** The folder. */
  own: Dataset;
  /** Its images. */
  described: DescribedDataset;
  /** Of those, where the clusters are of regions. */
  regions?: GroupedRegions | undefined;
  method: LabelDocument['method'];
  /** All that were taken over, and new ones. */
  clusters: LabelCluster[];
  lines: LabelImage[];
  /** What to know about how they were made. */
  notes?: Note[];
  /** Paths of images that are unlike all that is known. */
  unlike: string[];
}

/** @throws EngineError `label-file-invalid` where the catalogue cannot be read, or was made with another network; `too-few-images` */
export async function clustersOfCatalogue(
  run: Run,
  request: ClusterRequest,
  { file, catalogue: text }: CatalogueFile,
): Promise<TakenOver> {
  const refuse = (message: string): never => {
    throw new EngineError({ code: 'label-file-invalid', file }, `${file}: ${message} Nothing was written.`);
  };
  const catalogue = readOrRefuse(text, refuse);
  const { clusters: known, method, examples } = catalogue;
  const source: LabelDocument = { version: 1, root: '.', method, clusters: known, images: [] };
  const plan = await planRun(request, source, run);
  const { settings } = plan;
  checkSettings(settings);
  const opened = await openSession(run, { ...settings, device: request.device });
  if (opened.model.hash !== catalogue.network || opened.shape.dimensions !== catalogue.blockSize)
    refuse(
      `It was made with another version of the network ${method.model} than the one that is here (${opened.model.reference}), so its vectors cannot be compared. Export it again.`,
    );
  const read = await readDataset(run, await scanFolder(request.folder), settings.pages);
  const { dataset: whole } = await prepareImages(opened, read, wantedWay(plan));
  const area = await findArea(request.folder, {});
  const { session, dataset: own } = limitToArea(opened, whole, area, settings);
  const described = await describeImages(session, own, settings, {
    examples: new Map(examples.map(({ vector }, i) => [`example ${i}`, vector])),
  });
  const among = [...described.examples!.values()];
  const { vectors, dimensions } = described.comparison as { vectors: Float32Array; dimensions: number };
  const all = new Float32Array((among.length + described.images.length) * dimensions);
  for (const [i, { vector }] of among.entries()) all.set(vector, i * dimensions);
  all.set(vectors, among.length * dimensions);
  const placed = await placeRows(
    run,
    {
      ...{ vectors: all, dimensions },
      clusters: [...examples.map(({ cluster }) => cluster), ...described.images.map(() => undefined)],
      decided: [...examples.map(({ decided }) => decided), ...described.images.map(() => false)],
    },
    [...among, ...described.images].map(({ unlikeness }) => unlikeness),
    { known, seed: settings.seed },
  );
  const pathOf = (row: number) => described.images[row - among.length]!.image.path;
  return {
    ...{ session, settings, own, described },
    method: withArea(method, request.folder, area),
    notes: areaNotes(method.area, area),
    clusters: placed.clusters,
    lines: [...placed.rows].map(([row, cluster]) => ({ path: pathOf(row), cluster })),
    unlike: placed.unlike.map(pathOf).sort(),
  };
}

function readOrRefuse(text: string, refuse: (message: string) => never): Catalogue {
  try {
    return parseCatalogue(text);
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** Vectors of a part of each image are compared with those of other parts only where somebody is told. */
function areaNotes(before: string | undefined, area: UsedArea | undefined): Note[] {
  if ((before === undefined) === (area === undefined)) return [];
  const value =
    area === undefined
      ? `made with an area (${before}), and this folder has none: put that file here to compare the same part of each image`
      : `made of whole images, and here ${area.name} leaves a part of each: move that file away to compare alike`;
  return [{ label: 'Catalogue', value }];
}
