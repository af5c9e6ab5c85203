// The method, from a folder to a label file: scan → embed → weigh → aggregate → group → write.
// "Anomaly Clustering: Grouping Images into Coherent Clusters of Anomaly Types", Sohn et al., WACV 2023.
import { contentsOf, loadAnalysis, saveAnalysis } from '../analysis/stored';
import { metadataNote, readMetadata, type ReadMetadata } from '../analysis/metadata';
import { EngineError } from '../api/errors';
import { findArea, type UsedArea } from '../area/read-area';
import type { ClusterRequest, ClusterResult } from '../api/requests';
import { readDataset, type Dataset } from '../describe/dataset';
import { surveyNotes, surveyOf } from '../survey/survey';
import { describeImages, type DescribedDataset } from '../describe/describe-images';
import { describeRegions } from '../describe/image-regions';
import { prepareImages } from '../prepare/prepare-images';
import type { PartsWay } from '../parts/turn';
import { limitToArea } from '../prepare/limit-to-area';
import type { KnownBlocks } from '../describe/method';
import { scanFolder } from '../images/scan';
import { serializeLabels, type LabelDocument } from '../labels';
import { lastingName } from '../models/find';
import type { Grouping } from '../pool/tasks/group';
import type { Run } from '../session/run';
import { openSession, type Session } from '../session/session';
import { assignFrom } from './assign-from';
import { groupByTraining, requireClusterer } from '../deep/group-by-training';
import { checkSettings } from './check-settings';
import { groupImages } from './group-images';
import { groupRegions, regionKeys, summariseRegions, type GroupedRegions } from './group-regions';
import { contentsOfMissing, keepDecisions, type Similarity } from '../decisions/keep-decisions';
import { parsePrevious, proposeLabels, summarise, withArea } from './labels-of-run';
import { planRun, wantedWay, type RunPlan } from './method-of-run';
import { arrivalsOf, placeNew, requireVectors, type Arrivals } from './place-new';
import { placeRegions } from './place-regions';
import { folderNotes, layoutNote, notesOf } from './notes';

/** A folder whose files were looked at, and how it is to be clustered. */
export interface OpenedFolder {
  /** The label file as it was. */
  previous: LabelDocument | undefined;
  plan: RunPlan;
  session: Session;
  dataset: Dataset;
  /** Which way all parts are turned; undefined where they are seen as they lie. */
  way: PartsWay | undefined;
  /** Which part of the images counts. */
  area: UsedArea | undefined;
  /** A table that cannot be read is told of before the work. */
  metadata: ReadMetadata;
}

/**
 * Clusters a folder of images. The result holds the text of the label file; writing it is the caller's.
 * @throws EngineError; what was finished until then is in the cache
 */
export async function cluster(run: Run, request: ClusterRequest): Promise<ClusterResult> {
  if (request.from) return assignFrom(run, request, request.from);
  const start = performance.now();
  return clusterOpened(run, request, await openFolder(run, request), { start });
}

/** Looks at every file, and chooses method, network and devices. @throws EngineError before any long work */
export async function openFolder(run: Run, request: ClusterRequest): Promise<OpenedFolder> {
  const { folder, device } = request;
  const previous = parsePrevious(request);
  const last = await loadAnalysis(run.cache, folder);
  const area = await findArea(folder, { named: request.area, recorded: previous?.method.area });
  const plan = await planRun(request, previous, {
    ...{ ...run, lastNetwork: last?.embedded?.network.name },
    area: area?.name,
  });
  const { settings, normalFolder } = plan;
  checkSettings(settings);
  await requireClusterer(settings);
  if (request.assignOnly) requireVectors(settings);
  const metadata = await readMetadata(folder, request.metadata);
  const scanned = await scanFolder(folder, normalFolder, { list: request.list, tars: request.tars?.files });
  const opened = await openSession(run, { ...settings, device });
  const prepared = await prepareImages(opened, await readDataset(run, scanned, settings.pages), wantedWay(plan));
  const { dataset: whole, way } = prepared;
  const { session, dataset } = limitToArea(opened, whole, area, settings);
  run.tell([layoutNote(dataset), ...surveyNotes(surveyOf(dataset)), ...folderNotes(dataset)], dataset.images.length);
  requireImages(dataset);
  return { previous, plan, session, dataset, way, area, metadata };
}

/**
 * Describes what was opened, groups it, and brings the groups together with what was there before.
 * @param blocks what other processes described already
 * @throws EngineError as {@link cluster}
 */
export async function clusterOpened(
  run: Run,
  request: ClusterRequest,
  opened: OpenedFolder,
  { start, blocks }: { start: number; blocks?: KnownBlocks },
): Promise<ClusterResult> {
  const { previous, plan, session, dataset } = opened;
  const { folder } = request;
  const { settings } = plan;
  const known = contentsOf(await loadAnalysis(run.cache, folder));
  const arrivals = request.assignOnly && previous ? arrivalsOf(folder, previous, dataset.images, known) : undefined;
  const described = await describeImages(session, dataset, settings, { basis: arrivals?.basis, known: blocks });
  const ward = await groupImages(run, described.comparison, settings);
  const grouping = await groupByTraining(session, described, ward, settings);
  const regions = settings.regions
    ? await groupRegions(run, await describeRegions(session, described), settings)
    : undefined;
  return labelGroups(run, request, opened, { described, grouping, regions, arrivals }, start);
}

/** What a run found, before it meets what was there. */
export interface FoundGroups {
  described: DescribedDataset;
  grouping: Grouping;
  regions: GroupedRegions | undefined;
  /** Where images without a line only find their places. */
  arrivals: Arrivals | undefined;
}

/**
 * Brings groups together with what was there before, and keeps what was found for the gallery.
 * @param start when the run began, as `performance.now` tells it
 * @throws EngineError `would-end-clusters`, `cancelled`
 */
export async function labelGroups(
  run: Run,
  request: ClusterRequest,
  { previous, plan, session, dataset, way, area, metadata }: OpenedFolder,
  { described, grouping, regions, arrivals }: FoundGroups,
  start: number,
): Promise<ClusterResult> {
  const { folder } = request;
  const { settings } = plan;
  const known = contentsOf(await loadAnalysis(run.cache, folder));
  const failures = [...dataset.failures, ...described.failures].sort((a, b) => (a.path < b.path ? -1 : 1));
  const placing = { present: pathsOf([...dataset.images, ...failures]), seed: settings.seed };
  const { labels, changes, unlike } = arrivals
    ? await (regions
        ? placeRegions(run, arrivals, described, regions, placing)
        : placeNew(run, arrivals, described, placing))
    : {
        ...(await keepDecisions(
          previous,
          proposeLabels(request, plan, { model: session.model.reference, way }, { described, grouping, regions }),
          {
            // Images that are in tar files were not in the request's folder.
            ...{ folder: dataset.folder, regroup: plan.regroup, mayEndClusters: request.mayEndClusters ?? false },
            ...{ images: dataset.images, failures, contents: known, similar: similarityOf(described, regions) },
          },
        )),
        unlike: undefined,
      };
  const network = { name: lastingName(settings.model), distance: settings.distance, hash: session.model.hash };
  const notes = [
    ...notesOf(
      session,
      settings,
      { dataset, described, grouping: regions?.grouping ?? grouping, regions },
      { ...plan, way },
    ),
    ...metadataNote(metadata),
  ];
  await saveAnalysis(run.cache, folder, { described, grouping, regions }, network, {
    missing: contentsOfMissing(changes, known),
    added: changes?.added ?? [],
    ...{ failures, notes, metadata },
  });
  return {
    // Where new images only found their places, the method is as it was, and yet an area may be new.
    labels: serializeLabels({ ...labels, method: withArea(labels.method, folder, area) }),
    images: described.images.length,
    clusters: regions ? summariseRegions(labels, described, regions) : summarise(labels, described),
    failures,
    ...(changes === undefined ? {} : { changes }),
    ...(unlike === undefined ? {} : { unlike }),
    notes,
    unusedSettings: plan.unused,
    temperature: described.temperature,
    seconds: (performance.now() - start) / 1000,
  };
}

/** What lines are compared by where decisions are kept. */
function similarityOf(described: DescribedDataset, regions: GroupedRegions | undefined): Similarity {
  if (regions?.comparison) return { keys: regionKeys(described, regions), comparison: regions.comparison };
  return { keys: described.images.map(({ image }) => image.path), comparison: described.comparison };
}

function pathsOf(images: readonly { path: string }[]): Set<string> {
  return new Set(images.map(({ path }) => path));
}

function requireImages({ images, failures, folder }: Dataset): void {
  if (images.length >= 2) return;
  const found = images.length === 0 ? 'There are no images' : 'There is only one image';
  const unusable = failures.length === 0 ? '' : ` ${failures[0]!.path} ${failures[0]!.reason}.`;
  throw new EngineError(
    { code: 'too-few-images', folder },
    `${found} to cluster in ${folder}.${unusable} PNG, JPEG, TIFF, WebP, AVIF, GIF, BMP, PGM and PPM files are read, in sub-folders too.`,
  );
}
