// Made-up results of a benchmark, to look at its page: plausible in form, and in no number true.
import { tables } from '../../worker/benchmark/tables/methods';
import {
  benchmarkParts,
  type BenchmarkDataset,
  type BenchmarkResults,
  type Figures,
  type Metric,
  type PaperGroup,
  type Sweep,
} from '../../worker/benchmark/tables/results';

interface Sketch {
  name: string;
  group?: PaperGroup;
  classes: string[];
  perClass: number;
  normals: number;
  hasMasks: boolean;
  /** About what the NMI of the better methods is. */
  level: number;
}

const sketches: Sketch[] = [
  {
    name: 'bottle',
    group: 'object',
    classes: ['broken_large', 'broken_small', 'contamination', 'good'],
    perClass: 20,
    normals: 209,
    hasMasks: true,
    level: 0.68,
  },
  {
    name: 'screw',
    group: 'object',
    classes: ['good', 'manipulated_front', 'scratch_head', 'scratch_neck', 'thread_side', 'thread_top'],
    perClass: 24,
    normals: 320,
    hasMasks: true,
    level: 0.31,
  },
  {
    name: 'carpet',
    group: 'texture',
    classes: ['color', 'combined', 'cut', 'good', 'hole', 'metal_contamination', 'thread'],
    perClass: 17,
    normals: 280,
    hasMasks: true,
    level: 0.74,
  },
  {
    name: 'magnetic-tile',
    group: 'mtd',
    classes: ['MT_Blowhole', 'MT_Break', 'MT_Crack', 'MT_Fray', 'MT_Free', 'MT_Uneven'],
    perClass: 60,
    normals: 760,
    hasMasks: true,
    level: 0.37,
  },
  {
    name: 'steel <strip> & "seams"',
    classes: ['finishing_roll', 'iron_sheet', 'oxide_scale', 'slag_inclusion'],
    perClass: 40,
    normals: 0,
    hasMasks: false,
    level: 0.62,
  },
];

export const madeUpResults: BenchmarkResults = {
  version: 1,
  model: 'made-up@00000000',
  seed: 0,
  temperature: 'auto',
  bankShare: 0.8,
  parts: [...benchmarkParts],
  datasets: sketches.map(dataset),
};

/** A number of 0 to 1 that is always the same for the same text (FNV-1a). */
function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

function dataset(sketch: Sketch): BenchmarkDataset {
  const { name, group, classes, perClass, normals, hasMasks } = sketch;
  const sizes = classes.map((each) => ({ name: each, images: Math.round(perClass * (0.5 + chance(name + each))) }));
  const images = sizes.reduce((sum, each) => sum + each.images, 0);
  const combined = sizes.find((each) => each.name === 'combined')?.images ?? 0;
  return {
    name,
    ...(group === undefined ? {} : { group }),
    images,
    counted: images - combined,
    normals,
    hasMasks,
    classes: sizes,
    k: classes.length - (combined > 0 ? 1 : 0),
    temperatures: { unsupervised: 0.031, normal: normals > 0 ? 0.0274 : null },
    remarks: hasMasks
      ? ['test/cut/007.png was left out: it is empty (0 bytes).']
      : ['It has no normal images: the rows that need them are dashes.', 'It has no masks.'],
    measurements: tables.flatMap(({ part, methods, metrics }) =>
      methods.flatMap(({ id }) =>
        metrics
          .filter((metric) => part !== 'masks' || isInMasks(id, metric))
          .map((metric) => ({ part, method: id, metric, value: value(sketch, id, metric) })),
      ),
    ),
    figures: figures(sketch, images),
  };
}

function isInMasks(method: string, metric: Metric): boolean {
  return metric.startsWith('auroc') === !method.includes('masks');
}

function value({ name, level, normals, hasMasks }: Sketch, method: string, metric: Metric): number | null {
  if (method.includes('normals') && normals === 0) return null;
  if ((method.includes('masks') || metric.startsWith('auroc')) && !hasMasks) return null;
  if (/^(kmeans|gmm), max-hausdorff/.test(method)) return null;
  const bonus = method.includes('masks') ? 0.12 : method.includes('normals') ? 0.07 : 0;
  const noise = 0.25 * (chance(name + method) - 0.7) + 0.04 * chance(name + method + metric);
  const base = metric.startsWith('auroc') ? 0.9 : metric === 'ari' ? level - 0.1 : level;
  return Math.min(0.99, Math.max(-0.04, base + bonus + noise));
}

function figures(sketch: Sketch, images: number): Figures {
  const { name, classes, normals, level } = sketch;
  const methods = [
    'average',
    'max-hausdorff',
    'weighted-average',
    ...(normals > 0 ? ['weighted-average with normals'] : []),
  ];
  const purityCurves = methods.map((method, i) => {
    const start = 1.2 / classes.length;
    const speed = 2 + 5 * level * (i + 1);
    const purity = Array.from({ length: images }, (_, k) => 1 - (1 - start) * (1 - k / (images - 1)) ** speed);
    return { method, mAUC: purity.reduce((a, b) => a + b, 0) / images, purity };
  });
  const kinds = ['unsupervised', ...(normals > 0 ? ['with normals'] : [])];
  const sweep = (parameter: string, from: number, points: number, factor: number, own = kinds): Sweep => ({
    parameter,
    isLogarithmic: true,
    series: own.map((method) => ({
      method,
      points: Array.from({ length: points }, (_, i): [number, number] => {
        const bump = Math.exp(-(((i - points / 2) / points) ** 2) * 6);
        const bonus = method === 'with normals' ? 0.07 : 0;
        return [from * factor ** i, level * (0.5 + 0.5 * bump) + bonus + 0.03 * chance(`${name}${method}${i}`)];
      }),
      ...(parameter === 'temperature' ? { automatic: from * factor ** (points >> 1) } : {}),
    })),
  });
  return {
    purityCurves,
    temperatureSweep: sweep('temperature', 0.031 / 2 ** 3.5, 15, Math.SQRT2),
    hardPatchesSweep: sweep('patches that count', 1, 11, 2),
    ...(normals > 0 ? { normalImagesSweep: sweep('normal images', 1, 9, 2, ['with normals']) } : {}),
    weightMaps: weightMaps(sketch),
    clusters: clusters(sketch),
  };
}

function weightMaps({ name, classes, normals, hasMasks }: Sketch): Figures['weightMaps'] {
  const grid = { rows: 32, columns: 32, stride: 8, origin: 4, inputWidth: 256, inputHeight: 256 };
  const methods = ['max-Hausdorff', 'unsupervised (Eq. 5)', 'with normals (Eq. 6)', 'mask'];
  const shown = classes.filter((truth) => !['good', 'combined', 'MT_Free'].includes(truth));
  return {
    methods,
    images: shown.flatMap((truth) =>
      [0, 1].map((number) => {
        const seed = `${name}${truth}${number}`;
        const maps = methods.map((_, i) => {
          if ((i === 2 && normals === 0) || (i === 3 && !hasMasks)) return null;
          return Buffer.from(spot(seed, [0.03, 0.16, 0.11, 0.09][i]!, i === 3)).toString('base64');
        });
        return { path: `test/${truth}/00${number}.png`, truth, grid, thumbnail: picture(seed, truth), maps };
      }),
    ),
  };
}

/** A bump where the picture has its spot. */
function spot(seed: string, radius: number, isMask: boolean): Uint8Array {
  const [x, y] = place(seed);
  return Uint8Array.from({ length: 1024 }, (_, m) => {
    const distance = Math.hypot((m % 32) / 32 - x, Math.floor(m / 32) / 32 - y);
    return isMask ? (distance < radius ? 255 : 0) : 255 * Math.exp(-((distance / radius) ** 2));
  });
}

function place(seed: string): [number, number] {
  return [0.25 + 0.5 * chance(`${seed}x`), 0.25 + 0.5 * chance(`${seed}y`)];
}

/** A grey part with a spot whose form goes with the class. */
function picture(seed: string, truth: string): string {
  const [x, y] = place(seed).map((part) => part * 128);
  const turn = Math.round(chance(truth) * 180);
  const long = 6 + 14 * chance(`${truth}long`);
  const light = Math.round(48 + 20 * chance(`${seed}light`));
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128"><rect width="128" height="128" fill="hsl(210 4% ${light}%)"/>` +
    `<circle cx="64" cy="64" r="52" fill="hsl(210 4% ${light + 12}%)"/>` +
    `<ellipse cx="${x}" cy="${y}" rx="${long}" ry="6" transform="rotate(${turn} ${x} ${y})" fill="hsl(${turn * 2} 30% 25%)"/></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

function clusters({ name, classes, perClass, normals }: Sketch): Figures['clusters'] {
  return {
    method: normals > 0 ? 'weighted-average with normals' : 'weighted-average unsupervised',
    clusters: Array.from({ length: 16 }, (_, cluster) => {
      const counted = classes.filter((truth) => truth !== 'combined');
      const major = counted[cluster % counted.length]!;
      const size = Math.max(1, Math.round((perClass * 2.4) / (1 + cluster)));
      const images = Array.from({ length: size }, (_, i) => {
        const dice = chance(`${name}${cluster}/${i}`);
        const other =
          dice < 0.08 && classes.includes('combined') ? 'combined' : counted[(cluster + 1) % counted.length]!;
        const truth = i > 0 && dice < 0.2 ? other : major;
        const mark: 'major' | 'minority' | 'combined' =
          truth === major ? 'major' : truth === 'combined' ? 'combined' : 'minority';
        const path = `test/${truth}/${String(cluster * 50 + i).padStart(3, '0')}.png`;
        return { path, truth, mark, ...(i < 24 ? { thumbnail: picture(`${name}${path}`, truth) } : {}) };
      });
      const own = images.filter(({ mark }) => mark !== 'combined');
      return { major, purity: own.filter(({ mark }) => mark === 'major').length / own.length, images };
    }),
  };
}
