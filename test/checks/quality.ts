// How good the clusters are, on every real defect set that is there: plain average, whole-image k-means, the paper's method, and ours.
//   npm run build && npm run quality [-- --decisions | --regions | --trained] [-- --sets FOLDER … --network N … --references 2 … --rows ours … --out FOLDER]
// --decisions measures a simulated person's decisions in their place; with --assignments new images as well.
// --trained measures deep clustering in their place: IIC, GATCluster and SCAN with three seeds (--seeds), beside Ward.
// --regions measures regions in their place: where they lie, and what their clusters say.
// --align off leaves parts as they lie.
// --references adds rows of ours with other numbers of references; --rows leaves out rows whose names do not begin so.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultSettings, type ClustererName, type MethodSettings } from '../../worker/api/settings';
import { createCancelFlag } from '../../worker/base/cancel';
import { createRandom } from '../../worker/base/random';
import { chooseClusterCount } from '../../worker/clustering/choose-k';
import { maskSource, type Dataset } from '../../worker/describe/dataset';
import { describeImages, type DescribedDataset } from '../../worker/describe/describe-images';
import { prepareImages } from '../../worker/prepare/prepare-images';
import { auroc } from '../../worker/evaluation/auroc';
import { evaluate, type Evaluation } from '../../worker/evaluation/metrics';
import { upsample } from '../../worker/evaluation/upsample';
import { elongatedGrid } from '../../worker/features/elongation';
import { isGoodName } from '../../worker/images/folder-names';
import { readMask } from '../../worker/images/masks';
import { openEngine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { openSession, type Session } from '../../worker/session/session';
import { colourOnMasks } from './heat-maps';
import { decisionsAsMarkdown, measureDecisions, type DecisionsMeasured } from './decisions';
import { drawMisses, missesRows } from './missed-defects';
import {
  measureLabelSets,
  measureRegions,
  regionsAsMarkdown,
  type LabelSetsMeasured,
  type RegionsMeasured,
} from './regions';
import { draw, readSet, setsIn } from './sets';
import { requireShared, root, temporaryFolder } from './shared';
import { measureTrained, trainedAsMarkdown, type TrainedMeasured } from './trained';

/** Subsets of the images, and draws of the references: what one draw says is chance. */
const subsets = 6;
const share = 0.8;
const draws = 3;

interface Row {
  name: string;
  settings: Partial<MethodSettings>;
  clusterer?: ClustererName;
  /** Where the set has none, there is no such row. */
  needs?: 'normals' | 'masks';
  /** Drawn once: nothing in it is drawn. */
  isFixed?: boolean;
}

const allRows: readonly Row[] = [
  { name: 'plain average', settings: { method: 'paper', weights: 'uniform', references: 2 }, isFixed: true },
  {
    name: 'whole-image k-means',
    settings: { method: 'paper', distance: 'holistic', references: 2 },
    clusterer: 'kmeans',
    isFixed: true,
  },
  // All up to 200 are compared by default; with more than a few the figures are the same, and take hours.
  { name: "paper's default", settings: { method: 'paper', weights: 'unsupervised', references: 24 } },
  { name: 'ours', settings: { method: 'blocks', weights: 'unsupervised' } },
  { name: "paper's, with normals", settings: { method: 'paper', weights: 'normal' }, needs: 'normals', isFixed: true },
  { name: 'ours, with normals', settings: { method: 'blocks', weights: 'normal' }, needs: 'normals', isFixed: true },
  {
    name: "paper's, with masks",
    settings: { method: 'paper', weights: 'mask', references: 2 },
    needs: 'masks',
    isFixed: true,
  },
  { name: 'ours, with masks', settings: { method: 'blocks', weights: 'mask' }, needs: 'masks', isFixed: true },
];

interface Measured {
  network: string;
  set: string;
  images: number;
  classes: number;
  row: string;
  nmi: number;
  ari: number;
  f1Micro: number;
  /** Standard deviation of the NMI over the draws of references, each the mean of its subsets. */
  spread: number | null;
  /** With the automatic number of clusters, all images. */
  automatic: { k: number; nmi: number };
  pixelAuroc: number | null;
  /** Share of the heat maps' colour that lies on the masks. */
  colour: number | null;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sets: { type: 'string', multiple: true },
    network: { type: 'string', multiple: true },
    references: { type: 'string', multiple: true, default: [] },
    rows: { type: 'string', multiple: true, default: [''] },
    decisions: { type: 'boolean', default: false },
    assignments: { type: 'boolean', default: false },
    regions: { type: 'boolean', default: false },
    trained: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '3' },
    align: { type: 'string', default: 'auto' },
    out: { type: 'string', default: join(root, 'quality') },
  },
});
const rows: readonly Row[] = [
  ...allRows.filter(({ name }) => options.rows.some((start) => name.startsWith(start))),
  ...options.references.map((references): Row => ({
    name: `ours, ${references} references`,
    settings: { method: 'blocks', weights: 'unsupervised', references: Number(references) },
  })),
];
const sets = (options.sets ? [...options.sets, ...positionals] : [requireShared('data')]).flatMap((folder) =>
  setsIn(resolve(folder)),
);
const networks = options.network ?? ['patchnet-s', requireShared('models', 'resnet50-layer2.onnx')];
const out = resolve(options.out);
mkdirSync(out, { recursive: true });
const engine = openEngine(join(root, 'dist'));
const measured: Measured[] = [];
const decisions: DecisionsMeasured[] = [];
const trained: TrainedMeasured[] = [];
const [regions, labelSets]: [RegionsMeasured[], LabelSetsMeasured[]] = [[], []];
const misses: string[] = [];
for (const network of networks) {
  if (options.regions) labelSets.push(await measureLabelSets(await openedWith(network), temporaryFolder()));
  for (const set of sets) {
    if (options.regions) {
      const session = await openedWith(network);
      const dataset = await prepared(session, set);
      const ways = dataset.normals.length > 0 ? (['unsupervised', 'normal'] as const) : (['unsupervised'] as const);
      for (const weights of ways) {
        const name = set.split(/[/\\]/).pop()! + (weights === 'normal' ? ', with normals' : '');
        const { measured: found, pictures } = await measureRegions(session, dataset, name, weights);
        regions.push(found);
        misses.push(...missesRows(found.network, name, pictures));
        const networkName = network.split(/[/\\]/).pop();
        await drawMisses(set, pictures, join(out, `missed ${name} ${networkName}.png`));
        writeFileSync(join(out, 'regions.json'), `${JSON.stringify({ regions, labelSets }, null, 2)}\n`);
        writeFileSync(join(out, 'regions.md'), regionsAsMarkdown(regions, labelSets, misses));
      }
      continue;
    }
    if (options.trained) {
      const session = await openedWith(network);
      const dataset = await prepared(session, set);
      await measureTrained(session, dataset, set.split(/[/\\]/).pop()!, Number(options.seeds), (row) => {
        if (!trained.includes(row)) trained.push(row);
        writeFileSync(join(out, 'trained.json'), `${JSON.stringify(trained, null, 2)}\n`);
        writeFileSync(join(out, 'trained.md'), trainedAsMarkdown(trained));
        console.error(`${row.set} ${row.method}: ${row.nmi.map((nmi) => nmi.toFixed(3)).join(', ')}`);
      });
      continue;
    }
    if (options.decisions) {
      decisions.push(await decisionsOn(network, set));
      writeFileSync(join(out, 'decisions.json'), `${JSON.stringify(decisions, null, 2)}\n`);
      writeFileSync(join(out, 'decisions.md'), decisionsAsMarkdown(decisions));
      continue;
    }
    measured.push(...(await measureSet(network, set)));
    writeFileSync(join(out, 'quality.json'), `${JSON.stringify(measured, null, 2)}\n`);
    writeFileSync(join(out, 'quality.md'), asMarkdown());
  }
}
await engine.pool.close();
if (options.regions) console.log(regionsAsMarkdown(regions, labelSets, misses));
else console.log(options.decisions ? decisionsAsMarkdown(decisions) : asMarkdown());

async function openedWith(network: string): Promise<Session> {
  const run = new Run(engine, createCancelFlag(), () => undefined);
  return openSession(run, { model: network, device: 'cpu' });
}

async function prepared(session: Session, folder: string): Promise<Dataset> {
  const align = options.align === 'off' ? 'off' : 'auto';
  const { dataset, way } = await prepareImages(session, await readSet(session.run, folder), { align, seed: 0 });
  if (way) console.error(`${folder}: parts are turned alike (${way.join(', ')})`);
  return dataset;
}

async function decisionsOn(network: string, folder: string): Promise<DecisionsMeasured> {
  const session = await openedWith(network);
  const dataset = await prepared(session, folder);
  return measureDecisions(session, dataset, folder.split(/[/\\]/).pop()!, options.assignments);
}

async function measureSet(network: string, folder: string): Promise<Measured[]> {
  const session = await openedWith(network);
  const { run } = session;
  const dataset = await prepared(session, folder);
  const classes = new Set(dataset.images.map(({ truth }) => truth)).size;
  const set = folder.split(/[/\\]/).pop()!;
  const found: Measured[] = [];
  for (const row of rows) {
    if (row.needs === 'normals' && dataset.normals.length === 0) continue;
    if (row.needs === 'masks' && !dataset.images.some(({ masks }) => masks !== undefined)) continue;
    const means: Record<'nmi' | 'ari' | 'f1Micro', number>[] = [];
    let first: { described: DescribedDataset; automatic: Measured['automatic'] } | undefined;
    for (let seed = 0; seed < (row.isFixed ? 1 : draws); seed++) {
      const described = await describeImages(session, dataset, { ...defaultSettings, ...row.settings, seed });
      const truth = described.images.map(({ image }) => image.truth!);
      const of = async (chosen: readonly number[], clusters: number | 'auto') => {
        const part = chosen.map((i) => truth[i]!);
        const group = await run.task('group', {
          ...vectorsOf(described, chosen),
          clusterer: row.clusterer ?? 'ward',
          clusters: clusters === 'auto' ? 'auto' : new Set(part).size,
          seed,
        });
        return { ...group, metrics: evaluate(part, [...group.assignment]) };
      };
      const each: Evaluation[] = [];
      for (let i = 0; i < subsets; i++) each.push((await of(subset(truth.length, i), classes)).metrics);
      means.push({
        nmi: mean(each.map(({ nmi }) => nmi)),
        ari: mean(each.map(({ ari }) => ari)),
        f1Micro: mean(each.map(({ f1Micro }) => f1Micro)),
      });
      if (first) continue;
      const all = await of([...truth.keys()], 'auto');
      first = {
        described,
        automatic: { k: chooseClusterCount(all.merges, truth.length).k, nmi: all.metrics.nmi },
      };
    }
    const { described, automatic } = first!;
    found.push({
      ...{ network: session.model.reference, set, images: described.images.length, classes, row: row.name },
      nmi: mean(means.map(({ nmi }) => nmi)),
      ari: mean(means.map(({ ari }) => ari)),
      f1Micro: mean(means.map(({ f1Micro }) => f1Micro)),
      spread: means.length > 1 ? deviation(means.map(({ nmi }) => nmi)) : null,
      automatic,
      pixelAuroc:
        row.settings.method === 'paper' && row.settings.references === 2
          ? null
          : await pixelAuroc(run, dataset, described),
      colour: await colourOnMasks(run, dataset.folder, described),
    });
    const { nmi, pixelAuroc: pixels } = found[found.length - 1]!;
    console.error(
      `${network.split('/').pop()} ${set} ${row.name}: ${nmi.toFixed(3)}${pixels === null ? '' : `, pixels ${pixels.toFixed(3)}`}`,
    );
  }
  return found;
}

/** The same images for every row and network. */
function subset(count: number, seed: number): number[] {
  return draw([...Array(count).keys()], Math.floor(share * count), createRandom(100 + seed)).sort((a, b) => a - b);
}

function vectorsOf({ comparison }: DescribedDataset, chosen: readonly number[]) {
  const [vectors, dimensions] = [comparison.vectors!, comparison.dimensions!];
  const part = new Float32Array(chosen.length * dimensions);
  for (const [row, i] of chosen.entries())
    part.set(vectors.subarray(i * dimensions, (i + 1) * dimensions), row * dimensions);
  return { count: chosen.length, vectors: part, dimensions };
}

/** Pooled over the images with masks and the good ones; null where there are none. */
async function pixelAuroc(run: Run, { folder }: Dataset, { images, grid }: DescribedDataset): Promise<number | null> {
  const chosen = images.filter(({ image }) => image.masks !== undefined || isGoodName(image.truth ?? ''));
  if (!chosen.some(({ image }) => image.masks !== undefined)) return null;
  // In small: the patches are 8 pixels wide and more.
  const loaded = await Promise.all(
    chosen.map(async ({ image, heatMapKey }) => {
      const { width, height, elongation = 1 } = image;
      const factor = Math.min(1, 256 / Math.max(width, height));
      const size = { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
      const mask = image.masks === undefined ? undefined : await readMask({ ...maskSource(folder, image), ...size });
      const values = new Float32Array((await run.cache.get('distances', heatMapKey))!.buffer);
      return { values, grid: elongatedGrid(grid, elongation), ...size, mask: mask?.values };
    }),
  );
  return auroc(function* () {
    for (const { values, grid: own, width, height, mask } of loaded)
      yield { scores: upsample(values, own, width, height), mask };
  });
}

function asMarkdown(): string {
  const parts: string[] = [];
  for (const network of [...new Set(measured.map((each) => each.network))]) {
    const own = measured.filter((each) => each.network === network);
    const names = [...new Set(own.map(({ set }) => set))];
    const cell = (set: string, row: string) => own.find((each) => each.set === set && each.row === row);
    const table = (title: string, value: (each: Measured) => number | null, digits = 3) => {
      const line = (row: string) => {
        const values = names.map((set) => {
          const each = cell(set, row);
          return each ? value(each) : null;
        });
        const there = values.filter((each) => each !== null);
        if (there.length === 0) return [];
        const shown = values.map((each) => (each === null ? '–' : each.toFixed(digits)));
        return [
          `| ${row} | ${mean(there).toFixed(3)}${there.length < names.length ? ` (${there.length})` : ''} | ${shown.join(' | ')} |`,
        ];
      };
      parts.push(
        `### ${title}, ${network}`,
        [
          `| | mean | ${names.join(' | ')} |`,
          `| --- | ${['', ...names].map(() => '---:').join(' | ')} |`,
          ...rows.flatMap(({ name }) => line(name)),
        ].join('\n'),
      );
    };
    table('NMI at the true number of clusters', ({ nmi }) => nmi);
    table('Its spread over the draws of references', ({ spread }) => spread);
    table('ARI', ({ ari }) => ari);
    table('F1 micro', ({ f1Micro }) => f1Micro);
    table('Number of clusters chosen', ({ automatic }) => automatic.k, 0);
    table('NMI at that number, all images', ({ automatic }) => automatic.nmi);
    table('Pixel AUROC', ({ pixelAuroc: value }) => value);
    table('Share of the colour of heat maps that lies on masks', ({ colour }) => colour);
    parts.push(
      `Images / classes: ${names
        .map((set) => {
          const each = own.find((one) => one.set === set)!;
          return `${set} ${each.images} / ${each.classes}`;
        })
        .join(', ')}.`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
