// How far a whole run is, and when it may end: one part and one time over all of its stages.
import type { Overall, Stage } from '../api/requests';
import { referenceCount } from '../bags/choose-references';

/** What one step takes, in times of embedding an image. Rough, of processors: they set how the stages share the bar, and the time that is left goes by what is done. */
const costs = { scan: 0.05, compare: 0.4, link: 0.002 };
/** Passes over the sample before all images are described: distances to others, and inside each. */
const samplePasses = 2;
/** Before this, the first images (sessions being opened, files being cold) say little about the rest. */
const secondsBeforeEstimate = 2;

/** Knows a run from the moment that it reads its images; other work has no forecast. */
export class Forecast {
  #images: number | undefined;
  #sample = 0;
  /** Units of the stages that are done, and of all. */
  #done = 0;
  #all = 1;
  #shown = 0;
  #start = 0;
  #atStart = 0;

  constructor(readonly now: () => number = () => performance.now()) {}

  /** @returns what to report after so many steps; undefined where nothing can be said */
  startStage(stage: Stage, total: number): (done: number) => Overall | undefined {
    if (stage === 'scan') this.#plan(total);
    if (this.#images === undefined || stage === 'download' || stage === 'train' || stage === 'evaluate')
      return () => undefined;
    if (stage !== 'scan' && this.#start === 0) {
      this.#start = this.now();
      this.#atStart = this.#done;
    }
    const cost = this.#costOf(stage, total);
    const before = this.#done;
    return (done) => {
      this.#done = before + (total === 0 ? 0 : (cost * done) / total);
      return this.#overall();
    };
  }

  #plan(images: number): void {
    this.#images = images;
    // As describe/block-vectors.ts has it.
    this.#sample = referenceCount('auto', images);
    const { scan, compare, link } = costs;
    const describe = images - this.#sample + compare * images;
    this.#all = images * scan + this.#sample * (1 + samplePasses * compare) + describe + images * link;
    this.#done = this.#shown = this.#start = 0;
  }

  #costOf(stage: Stage, total: number): number {
    const { scan, compare, link } = costs;
    switch (stage) {
      case 'scan':
        return total * scan;
      case 'embed':
        return total;
      case 'link':
        return this.#images! * link;
      default:
        // The last pass embeds what the sample did not hold.
        return total > this.#sample ? total - this.#sample + compare * total : compare * total;
    }
  }

  #overall(): Overall {
    // The bar never goes back, and is never full before the end.
    this.#shown = Math.max(this.#shown, Math.min(this.#done / this.#all, 0.99));
    const seconds = this.#start === 0 ? 0 : (this.now() - this.#start) / 1000;
    const worked = this.#done - this.#atStart;
    const left = this.#all - this.#done;
    if (seconds < secondsBeforeEstimate || worked <= 0 || left <= 0) return { part: this.#shown };
    return { part: this.#shown, etaSeconds: (seconds / worked) * left };
  }
}
