// What tasks are told: the run that they belong to, and the images that they work on.
import type { MessagePort } from 'node:worker_threads';
import type { PatchGrid } from '../../api/analysis';
import type { CountedPatches } from '../../area/counted-patches';
import type { Elongation } from '../../features/elongation';
import type { CancelFlag } from '../../base/cancel';
import type { DeviceSelection } from '../../devices/selection';
import type { ValueRange } from '../../images/decode';
import type { Turning } from '../../parts/turn';

/** What every task needs to know. */
export interface TaskContext {
  cacheFolder: string;
  flag: CancelFlag;
  devices: DeviceSelection;
  /** The pool adds it where a device other than the CPU is used, and as long as it works. */
  devicePort?: MessagePort;
}

/** An image as the pool sees it. */
export interface ImageSource {
  file: string;
  range?: ValueRange | undefined;
  /** Absent: 1. */
  elongation?: Elongation | undefined;
  /** Absent: it is seen as it lies. */
  turned?: Turning | undefined;
  /** SHA-256 that the file must have when it is embedded: the bag's key speaks of these bytes. */
  content?: string;
  /** Names its bag: content, model and preprocessing; where only a part of the image counts, which patches that are. */
  bagKey: string;
  /** Absent: all of the image counts. */
  area?: SourceArea | undefined;
}

/** The part of an image that counts. */
export interface SourceArea {
  counted: CountedPatches;
  /** Where the cache keeps the bag of the whole image. */
  wholeKey: string;
}

/** Shape of a model's bags. */
export interface BagShape {
  /** Of an image; where areas leave some images more than others, the most. */
  patches: number;
  dimensions: number;
  /** Of the whole image. */
  grid: PatchGrid;
}
