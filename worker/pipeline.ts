// The method, from a folder to a label file: scan → embed → weigh → aggregate → link → cut → write.
// "Anomaly Clustering: Grouping Images into Coherent Clusters of Anomaly Types", Sohn et al., WACV 2023.
import { dirname, relative, sep } from 'node:path';
import { EngineError, type ClusterRequest, type ClusterResult, type ClusterSummary, type Note } from './api';
import { describeImages, type DescribedDataset } from './bags/describe-images';
import { chooseClusterCount, type ClusterCount } from './clustering/choose-k';
import { condensedEuclidean, wardLinkage, type Merge } from './clustering/linkage';
import { medoid } from './clustering/medoids';
import { buildTree, cutTree } from './clustering/tree';
import { requireSetting, startStage, type Run } from './engine';
import { findModel } from './features/model';
import { requirePlatform } from './features/platform';
import { readDataset, type Dataset } from './images/dataset';
import { alignLabels, LabelFileError, parseLabels, serializeLabels, type LabelDocument } from './labels';
import { saveAnalysis } from './store/analysis';

/**
 * Clusters a folder of images. The result holds the text of the label file; writing it is the caller's.
 * @throws EngineError; what was finished until then is in the cache
 */
export async function cluster(run: Run, request: ClusterRequest): Promise<ClusterResult> {
  const start = Date.now();
  requirePlatform(process.platform, process.arch);
  checkSettings(request);
  // Before hours of work, not after: a label file that cannot be kept up with is said at once.
  const previous = parsePrevious(request);
  const model = await findModel(request.settings.model, run.modelsFolder);

  const dataset = await readDataset(run, request.folder, request.normalFolder);
  requireImages(dataset);
  const described = await describeImages(run, dataset, model, request.settings);

  const count = described.images.length;
  const descriptors = stack(described);
  const progress = startStage(run, 'link', 1);
  const merges = wardLinkage(condensedEuclidean(descriptors, count, described.dimensions), count);
  const choice = chooseCount(request, merges, count);
  const assignment = cutTree(buildTree(merges, count), choice.k);
  progress.step();

  const failures = [...dataset.failures, ...described.failures].sort((a, b) => (a.path < b.path ? -1 : 1));
  const proposed = propose(request, model.reference, described, assignment);
  const labels = alignLabels(previous, proposed, new Set(failures.map(({ path }) => path)));
  await saveAnalysis(run.cache, request.folder, described, merges);
  return {
    labels: serializeLabels(labels),
    images: count,
    clusters: summarise(labels, described, descriptors),
    failures,
    notes: notesOf(dataset, described, choice, model.reference, run),
    temperature: described.temperature,
    seconds: (Date.now() - start) / 1000,
  };
}

function checkSettings({ settings }: ClusterRequest): void {
  const { clusters, temperature, references, seed } = settings;
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

/** (N, D) */
function stack({ images, dimensions }: DescribedDataset): Float32Array {
  const descriptors = new Float32Array(images.length * dimensions);
  for (const [i, { descriptor }] of images.entries()) descriptors.set(descriptor, i * dimensions);
  return descriptors;
}

function chooseCount({ settings }: ClusterRequest, merges: Merge[], images: number): ClusterCount {
  if (settings.clusters === 'auto') return chooseClusterCount(merges, images);
  requireSetting(settings.clusters <= images, `${settings.clusters} clusters cannot be made of ${images} images.`);
  return { k: settings.clusters, runnerUp: settings.clusters, reason: 'as set' };
}

function propose(
  { settings, folder, labelFile }: ClusterRequest,
  model: string,
  described: DescribedDataset,
  assignment: Int32Array,
): LabelDocument {
  const { weights, aggregate, references, images } = described;
  const { seed, temperature, clusters } = settings;
  return {
    version: 1,
    root: relative(dirname(labelFile), folder).split(sep).join('/') || '.',
    method: {
      model,
      distance: 'weighted-average',
      weights,
      aggregate,
      references,
      seed,
      temperature,
      clusterer: 'ward',
      clusters,
    },
    clusters: [...new Set(assignment)].map((label) => ({ id: label + 1, name: '' })),
    images: images.map(({ image }, i) => ({ path: image.path, cluster: assignment[i]! + 1 })),
  };
}

function summarise(
  labels: LabelDocument,
  { images, dimensions }: DescribedDataset,
  descriptors: Float32Array,
): ClusterSummary[] {
  const rows = new Map(images.map(({ image }, row) => [image.path, row]));
  return labels.clusters.flatMap(({ id, name }) => {
    const members = labels.images.flatMap(({ path, cluster }) => (cluster === id ? (rows.get(path) ?? []) : []));
    if (members.length === 0) return [];
    const centre = images[medoid(descriptors, dimensions, members)]!;
    return [{ id, name, images: members.length, medoid: centre.image.path }];
  });
}

const layoutNames = {
  flat: 'one folder of images',
  classes: 'a folder per class (used for evaluation only)',
  mvtec: 'MVTec AD',
  'magnetic-tile': 'Magnetic Tile',
};

function notesOf(dataset: Dataset, described: DescribedDataset, choice: ClusterCount, model: string, run: Run): Note[] {
  const { weights, references, temperature, images } = described;
  const compared =
    weights === 'normal'
      ? `compared with ${references} normal images (Eq. 6)`
      : references === 'all'
        ? 'each compared with all others (Eq. 5)'
        : `compared with ${references} reference images (Eq. 7)`;
  const { problem } = run.cache;
  return [
    { label: 'Layout', value: layoutNames[dataset.layout] },
    { label: 'Images', value: `${images.length}, ${compared}` },
    { label: 'Network', value: `${model}, on the CPU with ${run.pool.threads} threads` },
    { label: 'Temperature', value: temperature.toPrecision(4) },
    { label: 'Clusters', value: `${choice.k} (${choice.reason})` },
    ...(problem === undefined ? [] : [{ label: 'Cache', value: `could not keep everything: ${problem}` }]),
  ];
}
