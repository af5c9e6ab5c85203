// `npm run coverage`: runs the unit tests and prints, by folder, how much of the source they ran, in their own process and in those that
// they start. Not part of `npm test`: it takes a quarter more time, and a gigabyte or two of temporary files.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { ensureInstalled, root } from './setup.mjs';

const sources = ['worker', 'webview', 'src'];

ensureInstalled();
const work = mkdtempSync(join(tmpdir(), 'coverage-'));
try {
  const raw = join(work, 'raw');
  const tests = spawnSync(process.execPath, [join(root, 'scripts', 'test.mjs'), 'unit'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_V8_COVERAGE: raw },
  });
  const include = sources.flatMap((folder) => ['--src', folder, '--include', `${folder}/**/*.ts`]);
  const report = spawnSync(
    process.execPath,
    [
      ...[join(root, 'node_modules', 'c8', 'bin', 'c8.js'), 'report', '--temp-directory', raw, '--reports-dir', work],
      ...['--reporter', 'json-summary', '--extension', '.ts', '--all', '--exclude-after-remap', '--merge-async'],
      ...include,
    ],
    { cwd: root, stdio: 'inherit' },
  );
  if (report.status === 0) print(JSON.parse(readFileSync(join(work, 'coverage-summary.json'), 'utf8')));
  process.exitCode = tests.status || report.status;
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

function print({ total, ...files }) {
  const folders = new Map();
  for (const [file, { lines, branches }] of Object.entries(files)) {
    const folder = relative(root, dirname(file)).split(sep).join('/');
    const sum = folders.get(folder) ?? { lines: { covered: 0, total: 0 }, branches: { covered: 0, total: 0 } };
    add(sum.lines, lines);
    add(sum.branches, branches);
    folders.set(folder, sum);
  }
  console.log(`\n${'Coverage'.padEnd(30)}${'lines'.padStart(8)}${'branches'.padStart(10)}`);
  for (const [folder, sum] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) printRow(folder, sum);
  printRow('all', total);
}

function add(sum, { covered, total }) {
  sum.covered += covered;
  sum.total += total;
}

function printRow(name, { lines, branches }) {
  console.log(`${name.padEnd(30)}${percent(lines).padStart(8)}${percent(branches).padStart(10)}`);
}

function percent({ covered, total }) {
  return total === 0 ? '–' : `${((100 * covered) / total).toFixed(1)} %`;
}
