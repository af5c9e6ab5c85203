// "Use Clusters of Another Folder": last week's clusters, with their names, colours and OK marks, on this week's images.
import { relative, resolve } from 'node:path';
import { metadataNote, readMetadata } from '../analysis/metadata';
import { loadAnalysis, saveAnalysis } from '../analysis/stored';
import { EngineError } from '../api/errors';
import { findArea } from '../area/read-area';
import type { CatalogueFile, ClusterRequest, ClusterResult, OtherFolder } from '../api/requests';
import { requireSetting } from '../base/require-setting';
import { readDataset, type DatasetImage } from '../describe/dataset';
import { compareVectors } from '../describe/comparison';
import { describeImages, type DescribedDataset } from '../describe/describe-images';
import { describeRegions, type DescribedRegions } from '../describe/image-regions';
import { prepareImages } from '../prepare/prepare-images';
import { limitToArea } from '../prepare/limit-to-area';
import { scanFolder } from '../images/scan';
import { clustersOfImage, serializeLabels, type LabelDocument } from '../labels';
import { isDecided } from '../labels/align';
import { lastingName } from '../models/find';
import type { Run } from '../session/run';
import { openSession } from '../session/session';
import { checkSettings } from './check-settings';
import { clustersOfCatalogue, type TakenOver } from './clusters-of-catalogue';
import { groupImages } from './group-images';
import { groupRegions, summariseRegions } from './group-regions';
import { parsePrevious, rootOf, summarise, withArea } from './labels-of-run';
import { keptNormalFolder, planRun, wantedWay } from './method-of-run';
import { notesOf } from './notes';
import { arrivalsOf, placeNew, requireVectors } from './place-new';
import { placeRegions } from './place-regions';

/**
 * What is known of the clusters, by another folder's images or by a catalogue, says where this folder's images belong.
 * @throws EngineError `label-file-invalid` where the folder has labels already, or the clusters cannot be read
 */
export async function assignFrom(
  run: Run,
  request: ClusterRequest,
  from: OtherFolder | CatalogueFile,
): Promise<ClusterResult> {
  const start = performance.now();
  const { folder, labelFile } = request;
  if (parsePrevious(request) !== undefined) {
    throw new EngineError(
      { code: 'label-file-invalid', file: labelFile },
      `${labelFile} is there already. Assign new images to its own clusters, or move it away first. Nothing was written.`,
    );
  }
  const {
    session,
    settings,
    own,
    described,
    regions,
    method,
    clusters,
    lines,
    unlike,
    notes: about = [],
  } = await ('catalogue' in from ? clustersOfCatalogue(run, request, from) : clustersOfFolder(run, request, from));
  const used = new Set(lines.flatMap(clustersOfImage));
  const document: LabelDocument = {
    version: 1,
    root: rootOf(request),
    method,
    clusters: clusters.filter((cluster) => used.has(cluster.id) || isDecided(cluster)),
    images: lines,
  };
  const grouping = await groupImages(run, described.comparison, { ...settings, clusters: 'auto' });
  const network = { name: lastingName(settings.model), distance: settings.distance, hash: session.model.hash };
  const failures = [...own.failures, ...described.failures].sort((a, b) => (a.path < b.path ? -1 : 1));
  const source = 'catalogue' in from ? from.file : from.labelFile;
  const metadata = await readMetadata(folder, request.metadata);
  const notes = [
    { label: 'Clusters of', value: relative(folder, source) },
    ...about,
    ...notesOf(
      session,
      settings,
      { dataset: own, described, grouping, regions },
      { follows: true, regroup: false, area: method.area, way: method.align },
    ),
    ...metadataNote(metadata),
  ];
  await saveAnalysis(run.cache, folder, { described, grouping, regions }, network, {
    ...{ missing: {}, added: [], failures, notes, metadata },
  });
  return {
    labels: serializeLabels(document),
    images: described.images.length,
    clusters: regions ? summariseRegions(document, described, regions) : summarise(document, described),
    failures,
    unlike,
    notes,
    unusedSettings: [],
    temperature: described.temperature,
    seconds: (performance.now() - start) / 1000,
  };
}

/** The other folder's images say what is usual; this one's are described and classified by them. */
async function clustersOfFolder(run: Run, request: ClusterRequest, from: OtherFolder): Promise<TakenOver> {
  const { folder, device } = request;
  const source = parsePrevious({ ...request, labelFile: from.labelFile, previousLabels: from.labels });
  if (source === undefined) {
    throw new EngineError(
      { code: 'label-file-invalid', file: from.labelFile },
      `${from.labelFile} is empty, so it has no clusters. Cluster that folder first.`,
    );
  }
  const last = await loadAnalysis(run.cache, from.folder);
  const plan = await planRun({ ...request, folder: from.folder }, source, {
    ...run,
    lastNetwork: last?.embedded?.network.name,
  });
  const { settings, normalFolder } = plan;
  checkSettings(settings);
  requireVectors(settings);
  requireSetting(
    settings.weights !== 'mask',
    'Clusters that were made with ground-truth masks cannot be taken over: new images have none. Cluster the other folder without --weights mask first.',
  );
  const session = await openSession(run, { ...settings, device });
  const read = async (each: string, normals?: string) => {
    const found = await readDataset(run, await scanFolder(each, normals), settings.pages);
    return (await prepareImages(session, found, wantedWay(plan))).dataset;
  };
  const unlimited = await read(folder);
  const other = await read(from.folder, normalFolder);
  if (unlimited.images.length === 0)
    throw new EngineError({ code: 'too-few-images', folder }, `There are no images in ${folder}.`);

  // Both folders as one dataset, in which the paths of the other one are absolute.
  const apart = <Image extends { path: string }>(image: Image): Image => ({
    ...image,
    path: resolve(from.folder, image.path),
  });
  const images: DatasetImage[] = [...other.images.map(apart), ...unlimited.images].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  // They are compared with each other, so one area counts for both: this folder's or, where it has none, the other's.
  const area = (await findArea(folder, {})) ?? (await findArea(from.folder, { recorded: source.method.area }));
  const arrivals = arrivalsOf(from.folder, { ...source, images: source.images.map(apart) }, images, new Map());
  const { session: limited, dataset } = limitToArea(
    session,
    { ...unlimited, images, normals: other.normals },
    area,
    settings,
  );
  const all = await describeImages(limited, dataset, settings, { basis: arrivals.basis });
  const ownPaths = new Set(unlimited.images.map(({ path }) => path));
  const own = { ...unlimited, images: dataset.images.filter(({ path }) => ownPaths.has(path)) };
  const placing = { present: new Set(images.map(({ path }) => path)), seed: settings.seed };
  const found = settings.regions ? await describeRegions(limited, all) : undefined;
  const { labels, unlike } = found
    ? await placeRegions(run, arrivals, all, found, placing)
    : await placeNew(run, arrivals, all, placing);
  const described = only(all, ownPaths);
  const regions = found && (await groupRegions(run, onlyOf(all, found, ownPaths), { ...settings, clusters: 'auto' }));
  return {
    ...{ session: limited, settings, own, described, regions, clusters: labels.clusters, unlike },
    method: withArea({ ...withoutNormal(source.method), ...keptNormalFolder(folder, normalFolder) }, folder, area),
    lines: labels.images.filter(({ path }) => ownPaths.has(path)),
  };
}

function withoutNormal(before: LabelDocument['method']): LabelDocument['method'] {
  const method = { ...before };
  delete method.normal;
  return method;
}

/** The images of some paths, and their vectors. */
function only(described: DescribedDataset, paths: ReadonlySet<string>): DescribedDataset {
  const { vectors, dimensions = 0 } = described.comparison;
  const rows = described.images.flatMap(({ image }, row) => (paths.has(image.path) ? [row] : []));
  const own = new Float32Array(rows.length * dimensions);
  for (const [i, row] of rows.entries())
    own.set(vectors!.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  return {
    ...described,
    images: rows.map((row) => described.images[row]!),
    failures: described.failures.filter(({ path }) => paths.has(path)),
    comparison: { count: rows.length, vectors: own, dimensions },
  };
}

/** The regions of those images, and their vectors. */
function onlyOf(
  { images }: DescribedDataset,
  { regions, comparison }: DescribedRegions,
  paths: ReadonlySet<string>,
): DescribedRegions {
  const own = images.flatMap(({ image }, i) => (paths.has(image.path) ? [i] : []));
  const indices = new Map(own.map((image, i) => [image, i]));
  const rows = [...regions.keys()].filter((row) => indices.has(regions[row]!.image));
  const { vectors, dimensions = 0 } = comparison ?? {};
  return {
    regions: rows.map((row) => ({ ...regions[row]!, image: indices.get(regions[row]!.image)! })),
    comparison:
      vectors && rows.length > 0
        ? compareVectors(rows.map((row) => vectors.subarray(row * dimensions, (row + 1) * dimensions)))
        : undefined,
  };
}
