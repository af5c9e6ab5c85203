// `npm run quality -- --decisions`: what a person's decisions are worth, and how well new images find their place, on real sets.
import { defaultSettings } from '../../worker/api/settings';
import { createRandom } from '../../worker/base/random';
import type { Dataset } from '../../worker/describe/dataset';
import { describeImages } from '../../worker/describe/describe-images';
import { assignNew } from '../../worker/learning/assign';
import type { Session } from '../../worker/session/session';
import { naming, nearest, review, type Grouped } from './simulated-person';

const steps = [5, 10, 20, 40, 60] as const;
const draws = 3;

const settings = { ...defaultSettings, method: 'blocks', weights: 'unsupervised' } as const;

/** Of one set. */
export interface DecisionsMeasured {
  network: string;
  set: string;
  images: number;
  /** (steps) share of right labels, as the mean over draws of the references. */
  shares: Record<
    'ours' | 'ours, clusters named first' | 'in random order' | 'nearest asked image' | 'naming ever finer clusters',
    number[]
  >;
  /** Share of the cases in which the true share was in the range that the review shows. */
  covered: number;
  /** Share of the second half of the images that get their class from the first. */
  assigned: number;
  /** The same by a catalogue of the first half, and share of the second half that it tells to be new. */
  byCatalogue: { assigned: number; toldNew: number };
  /** How well a class that the first half lacks is told from the others, as the mean over the classes. */
  newAuroc: number;
  /** Share of the images of such classes that are told to be new, and of the others. */
  toldNew: { held: number; known: number };
}

export async function measureDecisions(
  session: Session,
  dataset: Dataset,
  set: string,
  assigns: boolean,
): Promise<DecisionsMeasured> {
  const shares: DecisionsMeasured['shares'][] = [];
  const covered: number[] = [];
  for (let seed = 0; seed < draws; seed++) {
    const { images, comparison, further } = await describeImages(session, dataset, { ...settings, seed });
    const { vectors, dimensions } = comparison as { vectors: Float32Array; dimensions: number };
    const group = await session.run.task('group', { ...comparison, clusterer: 'ward', clusters: 'auto', seed });
    const grouped: Grouped = {
      ...{ vectors, dimensions, further, truth: images.map(({ image }) => image.truth!), merges: group.merges },
      assignment: [...group.assignment],
    };
    const ours = review(grouped, steps);
    shares.push({
      ours: ours.map(({ right }) => right),
      'ours, clusters named first': review(grouped, steps, 'product', true).map(({ right }) => right),
      'in random order': review(grouped, steps, 'random').map(({ right }) => right),
      'nearest asked image': nearest(grouped, steps),
      'naming ever finer clusters': naming(grouped, steps),
    });
    covered.push(...ours.map(({ right, estimate }) => (right >= estimate.low && right <= estimate.high ? 1 : 0)));
  }
  const names = Object.keys(shares[0]!) as (keyof DecisionsMeasured['shares'])[];
  return {
    ...{ network: session.model.reference, set, images: dataset.images.length },
    shares: Object.fromEntries(
      names.map((name) => [name, steps.map((_, i) => mean(shares.map((each) => each[name][i]!)))]),
    ) as DecisionsMeasured['shares'],
    covered: mean(covered),
    ...(assigns
      ? await measureAssignment(session, dataset)
      : {
          assigned: NaN,
          byCatalogue: { assigned: NaN, toldNew: NaN },
          newAuroc: NaN,
          toldNew: { held: NaN, known: NaN },
        }),
  };
}

async function measureAssignment(
  session: Session,
  dataset: Dataset,
): Promise<Pick<DecisionsMeasured, 'assigned' | 'byCatalogue' | 'newAuroc' | 'toldNew'>> {
  const random = createRandom(7);
  const isFirst = new Map(dataset.images.map(({ content }) => [content, random.between(0, 1) < 0.5]));
  const classes = [...new Set(dataset.images.map(({ truth }) => truth!))].sort();
  const place = async (held: string | undefined) => {
    const basis = new Set(
      dataset.images
        .filter(({ content, truth }) => isFirst.get(content) && truth !== held)
        .map(({ content }) => content),
    );
    const { images, comparison } = await describeImages(session, dataset, settings, { basis });
    const clusters = images.map(({ image }) => (basis.has(image.content) ? classes.indexOf(image.truth!) : undefined));
    const { vectors, dimensions } = comparison as { vectors: Float32Array; dimensions: number };
    const decided = clusters.map((each) => each !== undefined);
    const unlikeness = images.map((image) => image.unlikeness);
    const placed = assignNew({ vectors, dimensions, clusters, decided }, unlikeness);
    return placed.map((each) => ({
      ...each,
      unlikeness: unlikeness[each.row] ?? 0,
      truth: images[each.row]!.image.truth!,
    }));
  };
  const all = await place(undefined);
  // The class that is most probable, whether it is told to be new or not.
  const assigned = mean(all.map(({ truth, best }) => (classes[best] === truth ? 1 : 0)));
  const aurocs: number[] = [];
  const told = { held: [] as number[], known: [] as number[] };
  for (const held of classes) {
    const placed = await place(held);
    const isHeld = placed.map(({ truth }) => truth === held);
    if (!isHeld.includes(true) || !isHeld.includes(false)) continue;
    aurocs.push(
      areaUnderCurve(
        placed.map(({ unlikeness }) => unlikeness),
        isHeld,
      ),
    );
    const toldNew = (wanted: boolean) =>
      mean(placed.flatMap(({ cluster }, i) => (isHeld[i] === wanted ? [cluster === undefined ? 1 : 0] : [])));
    told.held.push(toldNew(true));
    told.known.push(toldNew(false));
  }
  const byCatalogue = await assignedByCatalogue(session, dataset, isFirst, classes);
  return { assigned, byCatalogue, newAuroc: mean(aurocs), toldNew: { held: mean(told.held), known: mean(told.known) } };
}

/** Each half is described without the other: all that the second knows of the first is its vectors. */
async function assignedByCatalogue(
  session: Session,
  dataset: Dataset,
  isFirst: ReadonlyMap<string, boolean>,
  classes: readonly string[],
): Promise<DecisionsMeasured['byCatalogue']> {
  const half = (first: boolean): Dataset => ({
    ...dataset,
    images: dataset.images.filter(({ content }) => isFirst.get(content) === first),
  });
  const known = half(true);
  const { blocks } = await describeImages(session, known, settings, {
    wanted: new Set(known.images.map(({ content }) => content)),
  });
  const { images, comparison, examples } = await describeImages(session, half(false), settings, { examples: blocks! });
  const truth = new Map(dataset.images.map((image) => [image.content, image.truth!]));
  const keys = [...examples!.keys()];
  const { vectors, dimensions } = comparison as { vectors: Float32Array; dimensions: number };
  const placed = assignNew(
    {
      vectors: [...keys.flatMap((key) => [...examples!.get(key)!.vector]), ...vectors],
      dimensions,
      clusters: [...keys.map((key) => classes.indexOf(truth.get(key)!)), ...images.map(() => undefined)],
      decided: [...keys.map(() => true), ...images.map(() => false)],
    },
    [...examples!.values(), ...images].map(({ unlikeness }) => unlikeness),
  );
  return {
    assigned: mean(placed.map(({ row, best }) => (classes[best] === images[row - keys.length]!.image.truth ? 1 : 0))),
    toldNew: mean(placed.map(({ cluster }) => (cluster === undefined ? 1 : 0))),
  };
}

/** Probability that a score of the positives is above one of the negatives. */
function areaUnderCurve(scores: readonly number[], isPositive: readonly boolean[]): number {
  const [positives, negatives] = [true, false].map((wanted) => scores.filter((_, i) => isPositive[i] === wanted));
  let sum = 0;
  for (const a of positives!) for (const b of negatives!) sum += a > b ? 1 : a === b ? 0.5 : 0;
  return sum / (positives!.length * negatives!.length);
}

/** Tables over the sets of each network. */
export function decisionsAsMarkdown(measured: readonly DecisionsMeasured[]): string {
  const parts: string[] = [];
  for (const network of new Set(measured.map((each) => each.network))) {
    const own = measured.filter((each) => each.network === network);
    const names = Object.keys(own[0]!.shares) as (keyof DecisionsMeasured['shares'])[];
    const large = own.filter(({ images }) => images >= 100);
    const line = (title: string, of: readonly DecisionsMeasured[], name: keyof DecisionsMeasured['shares']) =>
      `| ${title} | ${steps.map((_, i) => mean(of.map(({ shares }) => shares[name][i]!)).toFixed(3)).join(' | ')} |`;
    parts.push(
      `### Share of right labels after so many decisions, ${network}, mean of ${own.length} sets`,
      [
        `| | ${steps.join(' | ')} |`,
        `| --- | ${steps.map(() => '---:').join(' | ')} |`,
        ...names.map((name) => line(name, own, name)),
        line('ours, sets of 100 images and more', large, 'ours'),
        ...own.map((each) => line(`ours, ${each.set}`, [each], 'ours')),
      ].join('\n'),
      `The true share was in the range that is shown in ${percent(mean(own.map(({ covered }) => covered)))} of the cases.`,
    );
    const assigned = own.filter(({ newAuroc }) => !Number.isNaN(newAuroc));
    if (assigned.length === 0) continue;
    const row = (title: string, of: readonly DecisionsMeasured[]) => {
      const values = [
        mean(of.map((each) => each.assigned)).toFixed(3),
        mean(of.map((each) => each.newAuroc)).toFixed(3),
        percent(mean(of.map(({ toldNew }) => toldNew.held))),
        percent(mean(of.map(({ toldNew }) => toldNew.known))),
        mean(of.map(({ byCatalogue }) => byCatalogue.assigned)).toFixed(3),
        percent(mean(of.map(({ byCatalogue }) => byCatalogue.toldNew))),
      ];
      return `| ${title} | ${values.join(' | ')} |`;
    };
    parts.push(
      `### Half of the images assigned by the other half, ${network}`,
      [
        '| | right class | AUROC of a class held back | of it told to be new | of the others told to be new | right class, by a catalogue | told to be new, by it |',
        '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
        row('mean', assigned),
        ...assigned.map((each) => row(each.set, [each])),
      ].join('\n'),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
