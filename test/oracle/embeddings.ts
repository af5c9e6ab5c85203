// What the oracle tests share: patch embeddings of the shared datasets, and Python with its scientific packages. Where either is
// missing the tests are skipped, and say what they need.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npyHeader } from '../../worker/store/npy';

const root = join(import.meta.dirname, '..', '..');
const shared = join(root, '..', 'shared');
const python = '/usr/bin/python3';
const work = mkdtempSync(join(tmpdir(), 'anomaly-oracle-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

export const datasets = ['mtd-half', 'x-sdd'] as const;
export type DatasetName = (typeof datasets)[number];

export interface Embeddings {
  /** NumPy file of `bags`. */
  file: string;
  /** (count, patches, dimensions) */
  bags: Float32Array;
  count: number;
  patches: number;
  dimensions: number;
  /** Class of each image. */
  truth: string[];
}

/** Says why tests are skipped; undefined when nothing is missing. */
export function missing(): string | undefined {
  if (!existsSync(join(shared, 'data'))) return 'skipped, needs shared/data';
  if (!existsSync(join(root, 'dist', 'cli.cjs'))) return 'skipped, needs npm run build';
  const { status } = spawnSync(python, ['-c', 'import numpy, scipy, sklearn, torch']);
  return status === 0 ? undefined : 'skipped, needs python3-torch python3-scipy python3-sklearn';
}

/** Some images of a shared dataset, spread over its classes, embedded by the built-in network. */
export function embeddings(dataset: DatasetName, limit: number): Embeddings {
  const at = (name: string) => join(work, `${dataset}-${limit}-${name}`);
  const folder = join(shared, 'data', dataset);
  const args = ['features', folder, '--limit', String(limit), '--out', at('features.npy'), '--list', at('images.txt')];
  const result = spawnSync(process.execPath, [join(root, 'dist', 'cli.cjs'), ...args, '--labels', at('labels.txt')], {
    encoding: 'utf8',
    env: { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') },
  });
  if (result.status !== 0) throw new Error(result.stderr);
  const bytes = readFileSync(at('features.npy'));
  const headerBytes = npyHeader([]).length;
  const [count, patches, dimensions] = /\((\d+), (\d+), (\d+)\)/
    .exec(bytes.toString('latin1', 0, headerBytes))!
    .slice(1)
    .map(Number) as [number, number, number];
  return {
    file: at('features.npy'),
    bags: new Float32Array(Uint8Array.from(bytes.subarray(headerBytes)).buffer),
    count,
    patches,
    dimensions,
    truth: readFileSync(at('labels.txt'), 'utf8').trim().split('\n'),
  };
}

/** Writes an array for NumPy. @returns the file */
export function writeArray(name: string, values: ArrayLike<number>, shape: number[]): string {
  const file = join(work, `${name}.npy`);
  writeFileSync(file, Buffer.concat([npyHeader(shape), new Uint8Array(Float32Array.from(values).buffer)]));
  return file;
}

/** Runs a script of this folder, or an absolute path, and reads the JSON that it prints. */
export function oracle<Result>(script: string, ...args: string[]): Result {
  const file = script.startsWith('/') ? script : join(import.meta.dirname, script);
  const { status, stdout, stderr } = spawnSync(python, [file, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Result;
}

/** A path for a file that goes away with the tests. */
export function temporaryFile(name: string): string {
  return join(work, name);
}

export const referenceScript = join(shared, 'reference', 'reference.py');
