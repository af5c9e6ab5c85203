// An image of the gallery, or a region of one: what the label file and the analysis say of it.
import * as l10n from '@vscode/l10n';
import type { Analysis } from '../../worker/api/analysis';
import { parseRegionKey, type LabelRegion } from '../../worker/labels/view';
import { fileName, shortPath, threeDigits } from '../kit/format';
import { doubtfulMargin, type Measures } from './measures';

export class ImageModel {
  /** Of another class than most images of its cluster. */
  isMinority = false;
  /** Why it was moved here by what was learnt from the person's last decisions; undefined where it was not. */
  followed: string | undefined;
  readonly #facts: Facts;
  readonly #measures: Measures | undefined;

  constructor(
    readonly path: string,
    readonly cluster: number,
    readonly pinned: boolean,
    /** Where images are shown that have regions. */
    readonly regions: readonly LabelRegion[],
    facts: Facts,
    measures: Measures | undefined,
  ) {
    this.#facts = facts;
    this.#measures = measures;
  }

  /** Among the analysed images. */
  get row(): number | undefined {
    return this.#facts.row;
  }

  /** Path of the image that it is, or is a region of. */
  get imagePath(): string {
    return this.#facts.imagePath;
  }

  /** Caption: the file's name, with its folder where several files have this name. */
  get fileName(): string {
    return this.#facts.fileName;
  }

  /** Anomaly score: the largest patch distance. */
  get score(): number | undefined {
    return this.#facts.score;
  }

  /** The label file did not have it before the last run. */
  get isNew(): boolean {
    return this.#facts.isNew;
  }

  /** Ground-truth class. */
  get truth(): string | undefined {
    return this.#facts.truth;
  }

  /** Distance to the most typical image of its cluster. */
  get toMedoid(): number | undefined {
    const distance = this.#measures?.toMedoid[this.#facts.row ?? -1];
    return distance === undefined || Number.isNaN(distance) ? undefined : distance;
  }

  /** Small or negative when in doubt: see {@link Measures.marginOf}. */
  get margin(): number | undefined {
    return this.#measures?.marginOf(this.#facts.row ?? -1);
  }

  /** Nearly as close to another cluster. */
  get isDoubtful(): boolean {
    const { margin } = this;
    return margin !== undefined && margin < doubtfulMargin;
  }

  get isMedoid(): boolean {
    return this.#measures?.medoids.has(this.#facts.row ?? -1) === true;
  }

  /** Much further from its cluster's centre than the others of it. */
  get isOutlier(): boolean {
    return this.#measures?.isOutlier(this.#facts.row ?? -1) === true;
  }
}

/** The images in the order of the label file, and by path. */
export class ImageTable {
  /** @param places of the paths among the images; kept while only clusters change, because making it takes longer than all the rest */
  constructor(
    readonly all: readonly ImageModel[],
    readonly places: ReadonlyMap<string, number>,
  ) {}

  get(path: string): ImageModel | undefined {
    return this.all[this.places.get(path) ?? -1];
  }

  has(path: string): boolean {
    return this.places.has(path);
  }
}

/** An image's path, and where in it a region lies. */
export function titleOf({ path, imagePath }: ImageModel): string {
  const region = path === imagePath ? undefined : parseRegionKey(path);
  if (!region) return imagePath;
  const [left, top, width, height] = region.box;
  return l10n.t('{0}, region of {1}×{2} pixels at {3}, {4}', imagePath, width, height, left, top);
}

/** Path and what is known about an image, in words. */
export function describe(image: ImageModel): string {
  const { score, truth, pinned, isMedoid, isOutlier, isDoubtful, isNew, followed } = image;
  return [
    titleOf(image),
    score === undefined ? '' : l10n.t('anomaly score {0}', threeDigits(score)),
    isMedoid ? l10n.t('most typical of its cluster') : '',
    isOutlier ? l10n.t('unlike most of its cluster') : '',
    isDoubtful ? l10n.t('nearly as close to another cluster') : '',
    truth === undefined ? '' : l10n.t('ground truth {0}', truth),
    pinned ? l10n.t('pinned') : '',
    isNew ? l10n.t('new in the last run') : '',
    followed ?? '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** What is known about an image whatever cluster it is in. */
export interface Facts {
  imagePath: string;
  fileName: string;
  /** Among the analysed images. */
  row: number | undefined;
  score: number | undefined;
  truth: string | undefined;
  isNew: boolean;
}

export interface AllFacts {
  /** One an image of the label file. */
  facts: readonly Facts[];
  /** Of the paths among the lines. */
  places: ReadonlyMap<string, number>;
  /** Ground-truth classes, sorted. */
  classes: string[];
}

let lastFacts: (AllFacts & { paths: readonly string[]; images: Analysis['images'] | undefined }) | undefined;

/** Kept for the next time: while a slider moves, images and analysis stay the same. */
export function factsOf(paths: readonly string[], analysis: Analysis | null, showsRegions: boolean): AllFacts {
  const isKnown =
    lastFacts !== undefined &&
    lastFacts.images === analysis?.images &&
    lastFacts.paths.length === paths.length &&
    paths.every((path, i) => path === lastFacts!.paths[i]);
  if (isKnown) return lastFacts!;
  const rows = new Map(analysis?.images.map(({ path }, row) => [path, row]));
  const added = new Set(analysis?.added);
  const imagePaths = showsRegions ? paths.map((path) => parseRegionKey(path)?.path ?? path) : paths;
  const counts = new Map<string, number>();
  for (const name of [...new Set(imagePaths)].map(fileName)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const analysed = paths.map((path) => analysis?.images[rows.get(path) ?? -1]);
  const classes = [...new Set(analysed.flatMap((image) => image?.truth ?? []))].sort();
  // One class tells nothing apart.
  const hasClasses = classes.length > 1;
  const facts = paths.map((path, i) => {
    const imagePath = imagePaths[i]!;
    const name = fileName(imagePath);
    const { score, truth } = analysed[i] ?? {};
    return {
      imagePath,
      fileName: counts.get(name) === 1 ? name : shortPath(imagePath),
      row: rows.get(path),
      score,
      truth: hasClasses ? truth : undefined,
      isNew: added.has(path),
    };
  });
  const places = new Map(paths.map((path, i) => [path, i]));
  lastFacts = { paths, images: analysis?.images, facts, places, classes: hasClasses ? classes : [] };
  return lastFacts;
}
