// The folder that every fault strikes: sample photos whose label file holds a person's decisions, and what a calm run makes of it.
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { changeLabels, parseLabels, serializeLabels, type LabelDocument } from '../../worker/labels';
import { makeSample } from '../../worker/sample';
import type { Try } from './kind';
import { runProgram } from './program';

/** What was there before the fault. */
export interface Scene {
  /** Photos in test/<class>/, no label file. */
  photos: string;
  /** The label file with its decisions; clustering again changes nothing of it. */
  decided: string;
  /** The cache after the calm run. */
  cache: string;
  /** Milliseconds that a run from an empty cache takes. */
  runMilliseconds: number;
}

/** A dataset to strike. */
export interface Dataset {
  folder: string;
  labelFile: string;
  cache: string;
}

const photosPerClass = 4;

/** @throws Error when even the calm run fails */
export async function setScene(work: string): Promise<Scene> {
  const photos = join(work, 'photos');
  await makeSample(photos, { imagesPerClass: photosPerClass });
  const calm = layOut({ photos, decided: undefined, cache: undefined }, join(work, 'calm'));
  const start = performance.now();
  await succeed(calm, '--clusters', '5');
  const runMilliseconds = performance.now() - start;
  const proposed = parseLabels(readFileSync(calm.labelFile, 'utf8'));
  const [first, second, third, fourth] = proposed.clusters.map(({ id }) => id) as [number, number, number, number];
  const moved = proposed.images.find(({ cluster }) => cluster === fourth)!.path;
  const decided = [
    { kind: 'rename', cluster: first, name: 'Kratzer "tief"' },
    { kind: 'rename', cluster: second, name: 'crack' },
    { kind: 'merge', clusters: [second, third] },
    { kind: 'move', paths: [moved], cluster: first },
    { kind: 'pin', paths: [proposed.images[0]!.path], pinned: true },
  ] as const;
  writeFileSync(calm.labelFile, serializeLabels(decided.reduce(changeLabels, proposed)));
  const text = readFileSync(calm.labelFile, 'utf8');
  await succeed(calm);
  if (readFileSync(calm.labelFile, 'utf8') !== text) throw new Error('A calm run took a decision away.');
  return { photos, decided: text, cache: calm.cache, runMilliseconds };
}

/** Copies of the photos, the label file and the cache, in an empty folder. */
export function layOut(
  { photos, decided, cache }: { photos: string; decided: string | undefined; cache: string | undefined },
  work: string,
): Dataset {
  const folder = join(work, 'parts');
  mkdirSync(work, { recursive: true });
  cpSync(join(photos, 'test'), join(folder, 'test'), { recursive: true });
  const labelFile = join(folder, 'anomaly-clusters.json');
  if (decided !== undefined) writeFileSync(labelFile, decided);
  const own = join(work, 'cache');
  if (cache !== undefined) cpSync(cache, own, { recursive: true, preserveTimestamps: true });
  return { folder, labelFile, cache: own };
}

/** Runs the command line on a dataset. @throws Error when that fails */
export async function succeed(dataset: Dataset, ...more: string[]): Promise<void> {
  const ended = await cluster(dataset, more);
  if (ended.status !== 0) throw new Error(`A run without a fault failed: ${ended.output}`);
}

export function cluster(
  { folder, cache }: Dataset,
  more: readonly string[] = [],
  options: Parameters<typeof runProgram>[1] = {},
): ReturnType<typeof runProgram> {
  const env = { ...options.env, ANOMALY_CLUSTERING_CACHE: cache };
  return runProgram(['cluster', folder, '--device', 'cpu', ...more], { ...options, env });
}

/** What a label file lost of what another one said: names, pins, images. */
export function lostLabels(labelFile: string, expected: LabelDocument): Try['lost'] {
  let now: LabelDocument;
  try {
    now = parseLabels(readFileSync(labelFile, 'utf8'));
  } catch (error) {
    return [{ loss: 'labels', because: `the label file cannot be read: ${String(error)}` }];
  }
  const missing: string[] = [];
  for (const { id, name } of expected.clusters) {
    const isDecided = name !== '' && expected.images.some(({ cluster }) => cluster === id);
    if (isDecided && now.clusters.find((cluster) => cluster.id === id)?.name !== name) missing.push(`the name ${name}`);
  }
  // A path in other letters names the same file where there is no other one.
  const nameOf = (path: string) => path.toLowerCase();
  const byPath = new Map(now.images.map((image) => [nameOf(image.path), image]));
  for (const { path, cluster: id, pinned } of expected.images) {
    const image = byPath.get(nameOf(path));
    if (image === undefined) missing.push(`the line of ${path}`);
    else if (pinned && !(image.pinned && image.cluster === id)) missing.push(`the pin of ${path}`);
  }
  return missing.map((because) => ({ loss: 'labels', because: `${because} is lost` }));
}

/** Every file below a folder by its path there, with what tells whether it was written anew. */
export function filesBelow(folder: string): Map<string, { inode: number; bytes: number }> {
  try {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((each) => join(folder, each));
    return new Map(
      paths.flatMap((path) => {
        const status = statSync(path, { throwIfNoEntry: false });
        return status?.isFile() ? [[relative(folder, path), { inode: status.ino, bytes: status.size }] as const] : [];
      }),
    );
  } catch {
    return new Map();
  }
}
