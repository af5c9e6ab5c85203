// The figures of a dataset that show images: weight maps side by side (figure 3) and the clusters themselves (figure 5).
import { readFile } from 'node:fs/promises';
import type { Run } from '../../session/run';
import { isCounted } from '../../evaluation/paper-protocol';
import { isGoodName } from '../../images/folder-names';
import { gridOf, type Inputs } from './inputs';
import { comparedBy } from './evaluate-method';
import type { Weightings } from './plan';
import type { FigureClusters, WeightMaps } from '../tables/results';
import type { Vectors } from './average-vectors';

/** Images of each class in figure 3. */
const imagesPerClass = 2;
/** As the paper draws figure 5. */
const figureClusters = 16;
/** Pictures of each cluster; the others are counted. */
const picturesPerCluster = 24;
/** Longest side in pixels. */
const pictureSide = 128;

/** Figure 3: what each patch of some defect images counts, by method. The images are the first of their classes in the seeded order. */
export async function weightMaps(
  run: Run,
  inputs: Inputs,
  weightings: Weightings,
  attention?: (i: number) => Float32Array,
): Promise<WeightMaps> {
  const { images, pairs, masks } = inputs;
  const methods: Record<string, (i: number) => ArrayLike<number> | undefined> = {
    'max-Hausdorff': (i) => pairs.choices(i),
    'unsupervised (Eq. 5)': (i) => weightings.get('unsupervised')?.(i),
    'with normals (Eq. 6)': (i) => weightings.get('normal')?.(i),
    ...(attention ? { 'GATCluster attention': attention } : {}),
    mask: (i) => (masks?.[i] ? weightings.get('mask')?.(i) : undefined),
  };
  const chosen = firstOfEachClass(inputs);
  const pictures = await thumbnails(run, inputs, chosen);
  return {
    methods: Object.keys(methods),
    images: chosen.flatMap((i) => {
      const thumbnail = pictures.get(i);
      if (thumbnail === undefined) return [];
      const { path, truth } = images[i]!;
      return [
        {
          path,
          truth,
          grid: gridOf(inputs, i),
          thumbnail,
          maps: Object.values(methods).map((method) => toBytes(method(i))),
        },
      ];
    }),
  };
}

function firstOfEachClass({ images }: Inputs): number[] {
  const byClass = new Map<string, number[]>();
  for (const [i, { truth }] of images.entries()) {
    if (isCounted(truth) && !isGoodName(truth)) byClass.set(truth, [...(byClass.get(truth) ?? []), i]);
  }
  return [...byClass.keys()].sort().flatMap((truth) => byClass.get(truth)!.slice(0, imagesPerClass));
}

/** One byte a patch over 0..maximum, base64. */
function toBytes(weights: ArrayLike<number> | undefined): string | null {
  if (weights === undefined) return null;
  let largest = 0;
  for (let m = 0; m < weights.length; m++) largest = Math.max(largest, weights[m]!);
  const bytes = Uint8Array.from(weights, (weight) => (largest > 0 ? Math.round((255 * weight) / largest) : 0));
  return Buffer.from(bytes).toString('base64');
}

/** Figure 5: Ward with 16 clusters, of the distances to normal images where there are any. */
export async function clusterFigure(
  run: Run,
  inputs: Inputs,
  vectors: Vectors,
  seed: number,
): Promise<FigureClusters | undefined> {
  const { images } = inputs;
  if (images.length < figureClusters) return undefined;
  const weighting = vectors.has('normal') ? 'normal' : 'unsupervised';
  const { assignment } = await run.task('group', {
    ...comparedBy({ weighting }, inputs, vectors),
    clusterer: 'ward',
    clusters: figureClusters,
    seed,
  });
  const members = Array.from({ length: figureClusters }, (_, cluster) =>
    [...images.keys()].filter((i) => assignment[i] === cluster),
  ).sort((a, b) => b.length - a.length);
  const drawn = members.map((cluster) => withMinority(cluster, majorOf(inputs, cluster), inputs));
  const pictures = await thumbnails(run, inputs, drawn.flat());
  return {
    method: weighting === 'normal' ? 'weighted-average with normals' : 'weighted-average unsupervised',
    clusters: members.map((cluster) => {
      const major = majorOf(inputs, cluster);
      const counted = cluster.filter((i) => isCounted(images[i]!.truth));
      const right = counted.filter((i) => images[i]!.truth === major).length;
      return {
        major,
        purity: counted.length === 0 ? 1 : right / counted.length,
        images: cluster.map((i) => {
          const { path, truth } = images[i]!;
          const thumbnail = pictures.get(i);
          const mark = !isCounted(truth) ? 'combined' : truth === major ? 'major' : 'minority';
          return { path, truth, ...(thumbnail === undefined ? {} : { thumbnail }), mark };
        }),
      };
    }),
  };
}

/** The most frequent class that counts; of equals the first by name. */
function majorOf({ images }: Inputs, members: number[]): string {
  const counts = new Map<string, number>();
  for (const i of members) {
    const { truth } = images[i]!;
    if (isCounted(truth)) counts.set(truth, (counts.get(truth) ?? 0) + 1);
  }
  const [major] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return major?.[0] ?? images[members[0]!]!.truth;
}

/** Of a large cluster some of the majority, and as many of the others, so that mistakes are seen. */
function withMinority(members: number[], major: string, { images }: Inputs): number[] {
  const others = members.filter((i) => images[i]!.truth !== major).slice(0, picturesPerCluster / 2);
  const most = members.filter((i) => images[i]!.truth === major).slice(0, picturesPerCluster - others.length);
  return [...most, ...others];
}

/** data: URIs by image; images whose picture cannot be made are left out. */
async function thumbnails(run: Run, { images }: Inputs, indices: number[]): Promise<Map<number, string>> {
  const pictures = new Map<number, string>();
  for await (const [i, result] of run.tasks('thumbnail', indices, (i) => ({
    file: images[i]!.file,
    range: images[i]!.range,
    side: pictureSide,
  }))) {
    if (!result.ok) continue;
    pictures.set(i, `data:image/webp;base64,${(await readFile(result.value)).toString('base64')}`);
  }
  return pictures;
}
