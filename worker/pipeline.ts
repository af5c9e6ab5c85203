// The method, from a folder to a label file: scan → embed → weigh → aggregate → group → write.
// "Anomaly Clustering: Grouping Images into Coherent Clusters of Anomaly Types", Sohn et al., WACV 2023.
import { dirname, relative, sep } from 'node:path';
import {
  aggregateNames,
  clustererNames,
  defaultSettings,
  distanceNames,
  EngineError,
  weightNames,
  type ClusterRequest,
  type ClusterResult,
  type ClusterSummary,
  type MethodSettings,
  type Note,
} from './api';
import { isHausdorff } from './bags/hausdorff';
import { needsVectors } from './clustering/clusterers';
import { medoid } from './clustering/medoids';
import { describeImages, type DescribedDataset } from './describe/describe-images';
import { chooseDevices } from './devices/choose';
import { describeDevices } from './devices/describe';
import { startStage, taskContext, type Run } from './engine';
import { findModel, lastingName } from './models/find';
import { requirePlatform } from './features/platform';
import { readDataset, type Dataset } from './images/dataset';
import { alignLabels, LabelFileError, parseLabels, serializeLabels, type LabelDocument } from './labels';
import type { Grouping } from './pool/tasks/group';
import { saveAnalysis } from './store/analysis';
import { requireSetting } from './require-setting';

/**
 * Clusters a folder of images. The result holds the text of the label file; writing it is the caller's.
 * @throws EngineError; what was finished until then is in the cache
 */
export async function cluster(engineRun: Run, request: ClusterRequest): Promise<ClusterResult> {
  const start = Date.now();
  requirePlatform(process.platform, process.arch);
  checkSettings(request);
  // Before hours of work, not after: a label file that cannot be kept up with is said at once.
  const previous = parsePrevious(request);
  const model = await findModel(request.settings.model, engineRun, request.settings.distance);

  const dataset = await readDataset(engineRun, request.folder, request.normalFolder);
  requireImages(dataset);
  const run = { ...engineRun, devices: await chooseDevices(engineRun, model, request.device) };
  const described = await describeImages(run, dataset, model, request.settings);

  const { comparison } = described;
  const { clusterer, clusters, seed } = request.settings;
  requireSetting(
    clusters === 'auto' || clusters <= comparison.count,
    `${clusters} clusters cannot be made of ${comparison.count} images.`,
  );
  const progress = startStage(run, 'link', 1);
  const grouping = await run.pool.run('group', { ...comparison, clusterer, clusters, seed, ...taskContext(run) });
  progress.step();

  const failures = [...dataset.failures, ...described.failures].sort((a, b) => (a.path < b.path ? -1 : 1));
  const proposed = propose(request, model.reference, described, grouping.assignment);
  const labels = alignLabels(previous, proposed, new Set(failures.map(({ path }) => path)));
  await saveAnalysis(run.cache, request.folder, described, grouping, {
    name: lastingName(request.settings.model),
    distance: request.settings.distance,
    hash: model.hash,
  });
  return {
    labels: serializeLabels(labels),
    images: comparison.count,
    clusters: summarise(labels, described),
    failures,
    notes: notesOf(dataset, described, grouping, request.settings, model.reference, run),
    temperature: described.temperature,
    seconds: (Date.now() - start) / 1000,
  };
}

function checkSettings({ settings }: ClusterRequest): void {
  const { clusters, temperature, references, seed, hardPatches, distance, clusterer } = settings;
  const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least;
  requireSetting(
    clusters === 'auto' || isCount(clusters, 1),
    `The number of clusters is "auto" or 1 or more, not ${clusters}.`,
  );
  requireSetting(
    temperature === 'auto' || (Number.isFinite(temperature) && temperature > 0),
    `The temperature is "auto" or a number above 0 in distance units, not ${temperature}.`,
  );
  requireSetting(
    references === 'auto' || isCount(references, 2),
    `The number of reference images is "auto" or 2 or more, not ${references}.`,
  );
  requireSetting(Number.isInteger(seed), `The seed is a whole number, not ${seed}.`);
  requireSetting(isCount(hardPatches, 1), `Hard weights choose 1 patch or more, not ${hardPatches}.`);
  requireOneOf('distance', distance, distanceNames);
  requireOneOf('weights', settings.weights, weightNames);
  requireOneOf('aggregate', settings.aggregate, aggregateNames);
  requireOneOf('clusterer', clusterer, clustererNames);
  requireSetting(
    !(needsVectors(clusterer) && isHausdorff(distance)),
    `The clusterer "${clusterer}" needs one vector an image, and the distance "${distance}" has none. Use the distance "weighted-average", or another clusterer.`,
  );
}

function requireOneOf(what: string, value: string, names: readonly string[]): void {
  requireSetting(names.includes(value), `The ${what} is one of ${names.join(', ')}; not ${value}.`);
}

function parsePrevious({ previousLabels, labelFile }: ClusterRequest): LabelDocument | undefined {
  if (previousLabels === undefined || previousLabels.trim() === '') return undefined;
  try {
    return parseLabels(previousLabels);
  } catch (error) {
    if (!(error instanceof LabelFileError)) throw error;
    throw new EngineError(
      'label-file-invalid',
      `${labelFile}:${error.line}:${error.column}: ${error.message} Nothing was overwritten. Mend the file or move it away, then run again.`,
      labelFile,
      { cause: error },
    );
  }
}

function requireImages({ images, failures, folder }: Dataset): void {
  if (images.length >= 2) return;
  const found = images.length === 0 ? 'no images' : 'only one image';
  const unusable = failures.length === 0 ? '' : ` ${failures[0]!.path} ${failures[0]!.reason}.`;
  throw new EngineError(
    'too-few-images',
    `There are ${found} to cluster in ${folder}.${unusable} PNG, JPEG, TIFF, WebP, AVIF, GIF and BMP files are read, in sub-folders too.`,
    folder,
  );
}

function propose(
  { settings, folder, labelFile }: ClusterRequest,
  model: string,
  described: DescribedDataset,
  assignment: Int32Array,
): LabelDocument {
  const { weights, aggregate, references, images } = described;
  const { distance, hardPatches, seed, temperature, clusterer, clusters } = settings;
  return {
    version: 1,
    root: relative(dirname(labelFile), folder).split(sep).join('/') || '.',
    method: {
      model,
      distance,
      weights,
      ...(weights === 'hard' ? { hardPatches } : {}),
      aggregate,
      references,
      seed,
      temperature,
      clusterer,
      clusters,
    },
    clusters: [...new Set(assignment)].map((label) => ({ id: label + 1, name: '' })),
    images: images.map(({ image }, i) => ({ path: image.path, cluster: assignment[i]! + 1 })),
  };
}

function summarise(labels: LabelDocument, { images, comparison }: DescribedDataset): ClusterSummary[] {
  const rows = new Map(images.map(({ image }, row) => [image.path, row]));
  return labels.clusters.flatMap(({ id, name }) => {
    const members = labels.images.flatMap(({ path, cluster }) => (cluster === id ? (rows.get(path) ?? []) : []));
    if (members.length === 0) return [];
    const centre = images[medoid(comparison, members)]!;
    return [{ id, name, images: members.length, medoid: centre.image.path }];
  });
}

const layoutNames = {
  flat: 'one folder of images',
  classes: 'a folder per class (used for evaluation only)',
  mvtec: 'MVTec AD',
  'magnetic-tile': 'Magnetic Tile',
};

const weightTitles: Record<DescribedDataset['weights'], string | undefined> = {
  uniform: 'plain average of all patches',
  unsupervised: undefined,
  normal: undefined,
  hard: 'only the patches that stand out most count (A.1)',
  mask: 'from the ground-truth masks',
  none: undefined,
};

function notesOf(
  dataset: Dataset,
  described: DescribedDataset,
  { choice }: Grouping,
  { distance, clusterer }: MethodSettings,
  model: string,
  run: Run,
): Note[] {
  const { source, references, temperature, images } = described;
  const weights = weightTitles[described.weights];
  const compared =
    source === 'normal images'
      ? `compared with ${references} normal images (Eq. 6)`
      : references === 'all'
        ? 'each compared with all others (Eq. 5)'
        : `compared with ${references} reference images (Eq. 7)`;
  const { problem } = run.cache;
  return [
    { label: 'Layout', value: layoutNames[dataset.layout] },
    { label: 'Images', value: `${images.length}, ${compared}` },
    { label: 'Network', value: `${model}, ${describeDevices(run)}` },
    ...(run.devices.reasons.length === 0 ? [] : [{ label: 'Devices tried', value: run.devices.reasons.join('; ') }]),
    ...(distance === defaultSettings.distance ? [] : [{ label: 'Distance', value: distance }]),
    ...(weights === undefined ? [] : [{ label: 'Weights', value: weights }]),
    { label: 'Temperature', value: temperature.toPrecision(4) },
    ...(clusterer === defaultSettings.clusterer ? [] : [{ label: 'Clusterer', value: clusterer }]),
    { label: 'Clusters', value: `${choice.k} (${choice.reason})` },
    ...(problem === undefined ? [] : [{ label: 'Cache', value: `could not keep everything: ${problem}` }]),
  ];
}
