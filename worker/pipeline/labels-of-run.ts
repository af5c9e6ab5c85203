// The label file of a run: what it was before, what the run proposes, and a summary of the clusters.
import { dirname, relative, sep } from 'node:path';
import type { ClusterRequest, ClusterSummary } from '../api/requests';
import { nameSeenFrom, type UsedArea } from '../area/read-area';
import { medoid } from '../clustering/medoids';
import type { DescribedDataset } from '../describe/describe-images';
import { parseLabels, type LabelDocument, type LabelMethod } from '../labels';
import { asEngineError } from '../labels/as-engine-error';
import type { PartsWay } from '../parts/turn';
import type { Grouping } from '../pool/tasks/group';
import { withRegions, type GroupedRegions } from './group-regions';
import { keptNormalFolder, type RunPlan } from './method-of-run';

/**
 * The label file as it is now; undefined when there is none.
 * @throws EngineError `label-file-invalid` with the place of the mistake: before hours of work, not after
 */
export function parsePrevious({ previousLabels, labelFile }: ClusterRequest): LabelDocument | undefined {
  if (previousLabels === undefined || previousLabels.trim() === '') return undefined;
  try {
    return parseLabels(previousLabels);
  } catch (error) {
    throw asEngineError(labelFile, error, ' Nothing was overwritten. Mend the file or move it away, then run again.');
  }
}

/** The clustered folder as seen from its label file. */
export function rootOf({ labelFile, folder }: Pick<ClusterRequest, 'labelFile' | 'folder'>): string {
  return relative(dirname(labelFile), folder).split(sep).join('/') || '.';
}

/** What a run found out: images and, where they were grouped, regions. */
export interface ProposedGroups {
  described: DescribedDataset;
  grouping: Pick<Grouping, 'assignment'>;
  regions: GroupedRegions | undefined;
}

/**
 * Labels as the run alone would write them.
 * @param seen the network as the label file names it, and which way parts were turned
 */
export function proposeLabels(
  { folder, labelFile }: ClusterRequest,
  { settings, normalFolder, area }: RunPlan,
  { model, way }: { model: string; way: PartsWay | undefined },
  { described, grouping, regions: found }: ProposedGroups,
): LabelDocument {
  const { assignment } = grouping;
  const { method, weights, aggregate, references, images } = described;
  const isPaper = method === 'paper';
  const { pages, distance, hardPatches, seed, temperature, clusterer, clusters, regions } = settings;
  const proposed: LabelDocument = {
    version: 1,
    root: rootOf({ labelFile, folder }),
    method: {
      ...(isPaper ? {} : { name: method }),
      model,
      ...(pages === 'first' ? {} : { pages }),
      ...(way ? { align: [...way] } : {}),
      ...(isPaper ? { distance } : {}),
      weights,
      ...(weights === 'hard' ? { hardPatches } : {}),
      ...(isPaper ? { aggregate } : {}),
      references,
      ...keptNormalFolder(folder, normalFolder),
      ...(area === undefined ? {} : { area }),
      seed,
      ...(isPaper ? { temperature } : {}),
      ...(regions ? { regions } : {}),
      clusterer,
      clusters,
    },
    clusters: [...new Set(assignment)].map((label) => ({ id: label + 1, name: '' })),
    images: images.map(({ image }, i) => ({ path: image.path, cluster: assignment[i]! + 1 })),
  };
  return found ? withRegions(proposed, described, found) : proposed;
}

/** A method that was made elsewhere, or earlier, with the area that counts now. */
export function withArea(method: LabelMethod, folder: string, area: UsedArea | undefined): LabelMethod {
  const { area: before, ...others } = method;
  if (area === undefined) return before === undefined ? method : others;
  return { ...method, area: nameSeenFrom(folder, area.file) };
}

/** Clusters that have images of this run, each with its most typical one. */
export function summarise(labels: LabelDocument, { images, comparison }: DescribedDataset): ClusterSummary[] {
  const rows = new Map(images.map(({ image }, row) => [image.path, row]));
  return labels.clusters.flatMap(({ id, name }) => {
    const members = labels.images.flatMap(({ path, cluster }) => (cluster === id ? (rows.get(path) ?? []) : []));
    if (members.length === 0) return [];
    const centre = images[medoid(comparison, members)]!;
    return [{ id, name, images: members.length, medoid: centre.image.path }];
  });
}
