// How a great many images are grouped, kept in the work folder: decisions that people take on some of them go back to all.
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mergedFileName, parseMerged, type MergedRecord } from '../../api/merged';
import { writeAtomically, writeFileAtomic } from '../../store/atomic-write';
import { floatsOf, readPacked, writePacked } from '../packed-file';
import type { WholeSet } from './whole-set';
import { invalid, type WorkFolder } from '../work-folder';

interface GroupsHead {
  plan: string;
  count: number;
  width: number;
}

/** All images of a plan, and the cluster of each. */
export interface MergedSet {
  set: WholeSet;
  /** (count), 0..k−1, numbered by the paths of the images. */
  assignment: Int32Array;
}

/** Numbers that are written or read at a time. */
const blockSize = 2 ** 20;

/** @throws EngineError `not-writable` */
export async function writeMerged(folder: WorkFolder, { set, assignment }: MergedSet): Promise<void> {
  const { packed, coordinates } = folder.groups;
  const blocks = function* () {
    for (let from = 0; from < set.coordinates.length; from += blockSize) {
      const { buffer, byteOffset, byteLength } = set.coordinates.subarray(from, from + blockSize);
      yield new Uint8Array(buffer, byteOffset, byteLength);
    }
  };
  await writeAtomically(coordinates, (temporary) => pipeline(Readable.from(blocks()), createWriteStream(temporary)));
  const head: GroupsHead = { plan: folder.id, count: set.count, width: set.width };
  // Last: what it tells of is there.
  await writePacked(packed, head, [set.rows, assignment, set.ranges]);
}

/** @throws EngineError `work-invalid` where nothing was merged, or not many images */
export async function readMerged(folder: WorkFolder): Promise<MergedSet> {
  const { packed, coordinates } = folder.groups;
  const found = await readPacked<GroupsHead>(packed);
  const size = (await stat(coordinates).catch(() => undefined))?.size;
  const { count = 0, width = 0, plan } = found?.head ?? {};
  if (!found || plan !== folder.id || size !== 4 * count * width) {
    throw invalid(
      folder.work,
      `There is no table of all images in ${folder.work}. Run "anomaly-clustering merge --work ${folder.work}" first; where all images have a line in the label file, correct them there.`,
    );
  }
  const numbers = new Float32Array(count * width);
  const bytes = new Uint8Array(numbers.buffer);
  let at = 0;
  for await (const block of createReadStream(coordinates, { highWaterMark: 4 * blockSize })) {
    bytes.set(block as Uint8Array, at);
    at += (block as Uint8Array).length;
  }
  const [rows, assignment, ranges] = found.parts;
  return {
    set: { count, width, coordinates: numbers, rows: integersOf(rows!), ranges: floatsOf(ranges) },
    assignment: integersOf(assignment!),
  };
}

function integersOf(part: Uint8Array<ArrayBuffer>): Int32Array {
  return new Int32Array(part.buffer);
}

/** @throws EngineError `not-writable` */
export async function writeMergedRecord(work: string, record: MergedRecord): Promise<void> {
  await writeFileAtomic(join(work, mergedFileName), `${JSON.stringify(record, null, 2)}\n`);
}

/** Undefined where nothing was merged. */
export async function readMergedRecord(work: string): Promise<MergedRecord | undefined> {
  const text = await readFile(join(work, mergedFileName), 'utf8').catch(() => '');
  return parseMerged(text);
}
