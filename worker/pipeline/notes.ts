// What was decided during a run, in words: for the log, the command line and the report.
import type { Note } from '../api/requests';
import { defaultSettings, type MethodSettings } from '../api/settings';
import type { Dataset } from '../describe/dataset';
import { counts } from '../survey/survey';
import { isSqueezed } from '../prepare/elongate';
import { elongatedSize } from '../features/elongation';
import type { DescribedDataset } from '../describe/describe-images';
import type { DescribedRegions } from '../describe/image-regions';
import { describeDevices } from '../devices/titles';
import type { Grouping } from '../pool/tasks/group';
import type { Session } from '../session/session';
import type { RunPlan } from './method-of-run';

const layoutNames = {
  flat: 'one folder of images',
  classes: 'a folder per class (used for evaluation only)',
  mvtec: 'MVTec AD',
  'magnetic-tile': 'Magnetic Tile',
};

/** Kinds of files that are named. */
const passedOverShown = 8;

const weightTitles: Record<DescribedDataset['weights'], string | undefined> = {
  uniform: 'plain average of all patches',
  unsupervised: undefined,
  normal: undefined,
  hard: 'only the patches that stand out most count (A.1)',
  mask: 'from the ground-truth masks',
  none: undefined,
};

/** What a run found out and chose. */
export interface RunFindings {
  dataset: Dataset;
  described: DescribedDataset;
  grouping: Grouping;
  regions?: Pick<DescribedRegions, 'regions'> | undefined;
}

/** One line a decision; what is as always is left out. */
export function notesOf(
  session: Session,
  { distance, clusterer }: MethodSettings,
  { dataset, described, grouping: { choice }, regions }: RunFindings,
  { follows, regroup, area, way }: Pick<RunPlan, 'follows' | 'regroup' | 'area' | 'way'>,
): Note[] {
  const { model, run, devices } = session;
  const { images, temperature } = described;
  const weights = weightTitles[described.weights];
  const { problem } = run.cache;
  return [
    ...(follows
      ? [{ label: 'Method', value: regroup ? 'grouped anew, pinned images excepted' : 'as in the label file' }]
      : []),
    layoutNote(dataset),
    { label: 'Images', value: `${images.length}, ${comparedWith(described)}` },
    ...folderNotes(dataset),
    ...areaNote(dataset, session, area),
    ...shapeNote(session, dataset),
    ...(way
      ? [{ label: 'Parts', value: 'turned alike before they are compared, since they lie in many directions' }]
      : []),
    { label: 'Network', value: `${model.reference}, ${describeDevices({ devices, pool: run.pool })}` },
    ...(devices.reasons.length === 0 ? [] : [{ label: 'Devices tried', value: devices.reasons.join('; ') }]),
    ...(distance === defaultSettings.distance ? [] : [{ label: 'Distance', value: distance }]),
    ...(weights === undefined ? [] : [{ label: 'Weights', value: weights }]),
    ...(described.method === 'paper'
      ? [
          { label: 'Described by', value: "the paper's method" },
          { label: 'Temperature', value: temperature.toPrecision(4) },
        ]
      : []),
    ...(clusterer === defaultSettings.clusterer ? [] : [{ label: 'Clusterer', value: clusterer }]),
    ...(regions ? [regionsNote(described, regions)] : []),
    { label: 'Clusters', value: `${choice.k} (${choice.reason})` },
    ...candidatesNote(choice),
    ...(problem === undefined ? [] : [{ label: 'Cache', value: `could not keep everything: ${problem}` }]),
  ];
}

function regionsNote({ images }: DescribedDataset, { regions }: Pick<DescribedRegions, 'regions'>): Note {
  const counts = new Map<number, number>();
  for (const { image } of regions) counts.set(image, (counts.get(image) ?? 0) + 1);
  const several = [...counts.values()].filter((count) => count > 1).length;
  const value = `${regions.length} in ${counts.size} of ${images.length} images, ${several} of which have several`;
  return { label: 'Regions', value };
}

const candidateReasons = { fewer: 'fewer, larger groups', more: 'finer groups' };

/** Other numbers of clusters that are worth a look. */
function candidatesNote({ candidates }: Grouping['choice']): Note[] {
  const others = candidates.flatMap(({ k, kind, gap }) =>
    kind === 'chosen' ? [] : [`--clusters ${k} (${candidateReasons[kind]}, gap ${gap.toFixed(2)})`],
  );
  return others.length === 0 ? [] : [{ label: 'Worth a look', value: others.join(', ') }];
}

/** Of long images: the size at which the network sees them. */
function shapeNote(session: Session, { images }: Dataset): Note[] {
  const { inputWidth, inputHeight } = session.shape.grid;
  const square = `${inputWidth}×${inputHeight}`;
  const squeezed = images.filter((image) => isSqueezed(image, session)).length;
  const sizes = counts(images, ({ elongation }) => {
    if (elongation === undefined) return undefined;
    const { width, height } = elongatedSize({ width: inputWidth, height: inputHeight }, elongation);
    return `${width}×${height}`;
  }).map(({ name, images: count }) => `${count} at ${name}`);
  return [
    ...(sizes.length === 0
      ? []
      : [{ label: 'Long images', value: `${sizes.join(', ')} pixels in place of ${square}` }]),
    ...(squeezed === 0
      ? []
      : [
          {
            label: 'Squeezed images',
            value: `${squeezed}, to ${square}: this network takes no long ones, and small defects of theirs vanish. Use another network`,
          },
        ]),
  ];
}

/** How much of the images counts, where that is not all. */
function areaNote({ images }: Dataset, { shape }: Session, name: string | undefined): Note[] {
  if (name === undefined) return [];
  const all = shape.grid.rows * shape.grid.columns;
  const percent = images.map(({ area }) => Math.round((100 * (area?.counted.length ?? all)) / all));
  const [least, most] = [Math.min(...percent), Math.max(...percent)];
  return [
    {
      label: 'Area',
      value: `${least === most ? '' : `${least} to `}${most} % of each image (${name}); the rest counts nowhere`,
    },
  ];
}

/** How a folder is laid out. */
export function layoutNote({ layout }: Dataset): Note {
  return { label: 'Layout', value: layoutNames[layout] };
}

/** What is worth telling of a folder beyond its images. */
export function folderNotes(dataset: Dataset): Note[] {
  return [
    ...datasetsNote(dataset),
    ...(dataset.masks === 0 ? [] : [{ label: 'Masks', value: `${dataset.masks}, not clustered` }]),
    ...rangeNote(dataset),
    ...plainNote(dataset),
    ...pagesNote(dataset),
    ...passedOverNote(dataset),
  ];
}

/** A download one level up. */
function datasetsNote({ datasets }: Dataset): Note[] {
  if (datasets.length === 0) return [];
  const shown = datasets.slice(0, passedOverShown).join(', ') + (datasets.length > passedOverShown ? ', …' : '');
  return [{ label: 'Datasets', value: `${datasets.length} in this folder (${shown}). Cluster each on its own` }];
}

/** What of the folder is no image, the most frequent kinds first. */
function passedOverNote({ passedOver }: Dataset): Note[] {
  if (passedOver.size === 0) return [];
  const kinds = [...passedOver].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  const shown = kinds.slice(0, passedOverShown).map(([kind, count]) => `${count} ${kind}`);
  return [{ label: 'Not looked at', value: shown.join(', ') + (kinds.length > passedOverShown ? ', …' : '') }];
}

/** Images with nothing on them, or which were not read as they were meant. */
function plainNote({ images }: Dataset): Note[] {
  const plain = images.filter(({ isPlain }) => isPlain);
  if (plain.length === 0) return [];
  const [{ path }] = plain as [(typeof plain)[0]];
  const others = plain.length === 1 ? 'is' : `and ${plain.length - 1} more are`;
  return [{ label: 'One colour', value: `${path} ${others} nothing but one colour. Look at the file` }];
}

/** Pages and frames beyond the first, which are not looked at. */
function pagesNote({ images }: Dataset): Note[] {
  const several = images.filter(({ pages }) => pages !== undefined);
  if (several.length === 0) return [];
  const [{ path, pages }] = several as [(typeof several)[0]];
  const others = several.length === 1 ? '' : ` and ${several.length - 1} more`;
  return [
    {
      label: 'Pages',
      value: `only the first of ${pages} in ${path}${others} is read. "--pages all" (setting anomalyClustering.pages) takes each as an image`,
    },
  ];
}

/** Where there are images with more than 8 bits a channel: what of their values is seen. */
function rangeNote({ images }: Dataset): Note[] {
  const range = images.find((image) => image.range)?.range;
  if (range === undefined) return [];
  const [min, max] = [range.min, range.max].map((value) => Number(value.toPrecision(6)));
  return [{ label: 'More than 8 bits', value: `the values ${min} to ${max} become 0 to 255` }];
}

function comparedWith({ method, source, references }: DescribedDataset): string {
  if (source === 'normal images') return `compared with ${references} normal images (Eq. 6)`;
  if (method === 'blocks') return `each compared with ${references} others and with itself`;
  if (references === 'all') return 'each compared with all others (Eq. 5)';
  return `compared with ${references} reference images (Eq. 7)`;
}
