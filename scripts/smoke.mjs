// Does an unpacked package work on this machine? `node scripts/smoke.mjs FOLDER` with the folder `extension` of a .vsix file: makes a
// sample dataset with the package's own programs, clusters it, and looks at the label file. Needs nothing but Node and the package.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';

/** Of 60 images with five kinds of defects that are easy to tell apart. */
const images = 60;
const leastNmi = 0.8;

const folder = realpathSync(resolve(process.argv[2] ?? '.'));
const cli = join(folder, 'dist', 'cli.cjs');
const work = mkdtempSync(join(tmpdir(), 'smoke-'));
const sample = join(work, 'sample');
const env = { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') };

function check(isTrue, what) {
  if (!isTrue) throw new Error(what);
  console.log(`ok: ${what}`);
}

/** Runs the command line of the package and returns what it printed. */
function run(...args) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${args[0]} ended with ${signal ?? status}:\n${stdout}\n${stderr}`);
  console.log(`ok: ${args[0]}`);
  return stdout;
}

try {
  for (const name of ['sharp', 'onnxruntime-node', 'onnxruntime-common', 'piscina']) {
    const file = realpathSync(createRequire(cli).resolve(name));
    check(file.startsWith(folder + sep), `${name} is the package's own`);
  }
  run('sample', sample);
  run('cluster', sample);
  const labels = JSON.parse(readFileSync(join(sample, 'anomaly-clusters.json'), 'utf8'));
  check(labels.version === 1 && labels.images.length === images, `the label file has all ${images} images`);
  const ids = new Set(labels.clusters.map(({ id }) => id));
  check(ids.size > 1 && labels.images.every(({ cluster }) => ids.has(cluster)), 'each is in one of several clusters');
  const { nmi } = JSON.parse(run('evaluate', sample, '--json'));
  check(nmi >= leastNmi, `the clusters are the kinds of defects (NMI ${nmi.toFixed(2)})`);
} catch (error) {
  console.error(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
