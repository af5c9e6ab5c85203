// `npm test`: installs, builds, and runs every check and test. `npm test -- unit host` runs some stages only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensureInstalled, root } from './setup.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const mocha = (files, ...options) => [
  bin('mocha'),
  '--reporter=test/tools/reporter.cjs',
  ...options,
  ...[files].flat(),
];
/** Half of the time in a browser. */
const gallerySuites = ['test/e2e/gallery.test.ts', 'test/e2e/corrections.test.ts'];
/** Half of the time of whole runs: programs of their own. */
const commandSuites = ['cli', 'fleet', 'variants', 'assign'].map((name) => `test/runs/${name}.test.ts`);
const interruptedSuite = 'test/runs/interrupted.test.ts';
const without = (files) => files.map((file) => `--ignore=${file}`);

/**
 * A check counts as one test; a suite says itself how many it ran. The longest ones come first, as stages run side by side.
 */
const stages = {
  commands: { title: 'Tests of the command line', suite: mocha(commandSuites) },
  e2e: {
    title: 'End-to-end tests in a browser',
    suite: mocha('test/e2e/**/*.test.ts', ...without(gallerySuites)),
    needsTools: true,
  },
  runs: {
    title: 'Tests of whole runs',
    suite: mocha('test/runs/**/*.test.ts', ...without([...commandSuites, interruptedSuite])),
  },
  engine: { title: 'Tests of processes, servers and packages', suite: mocha('test/engine/**/*.test.ts') },
  gallery: { title: 'End-to-end tests of the gallery', suite: mocha(gallerySuites), needsTools: true },
  unit: { title: 'Unit tests', suite: mocha('test/unit/**/*.test.ts') },
  interrupted: { title: 'Tests of interrupted runs', suite: mocha(interruptedSuite) },
  faults: { title: 'A few faults of every kind', suite: mocha('test/faults/**/*.test.ts') },
  host: { title: 'Tests inside VS Code', suite: [bin('tsx'), 'test/tools/run-host.ts'], needsTools: true },
  lint: { title: 'Lint', check: [bin('eslint'), '.'] },
  types: { title: 'Types', check: [bin('tsc'), '-b'] },
  format: { title: 'Formatting', check: [bin('prettier'), '--check', '.'] },
};

ensureInstalled();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in stages));
if (unknown.length > 0) {
  console.error(`There is no stage ${unknown.join(', ')}. Stages: ${Object.keys(stages).join(', ')}.`);
  process.exit(2);
}

console.log('Building …');
const isBuilt = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' }).status === 0;

/** Of VS Code and a browser. */
let tools;
const work = mkdtempSync(join(tmpdir(), 'anomaly-tests-'));
const total = { passed: 0, failed: isBuilt ? 0 : 1, skipped: 0 };
const chosen = Object.entries(stages).filter(
  // Suites would test an older build. The checks still tell what is wrong.
  ([name, stage]) => (wanted.length === 0 || wanted.includes(name)) && (isBuilt || stage.check),
);
/** One more than there are cores: most stages wait a good part of their time for a process or a page. */
const lanes = Math.min(3, availableParallelism() + 1);
const waiting = [...chosen];
/** A paragraph each, for the end of the output: that is what people see, and what a log keeps. */
const failures = [];
await Promise.all(Array.from({ length: lanes }, () => runInTurn(waiting)));
rmSync(work, { recursive: true, force: true });

if (!isBuilt) console.log('\nThe build failed, so only the checks ran.');
if (failures.length > 0) console.log(`\n━━ What failed ━━\n${failures.join('\n')}`);
console.log(`\n${summary(total)}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** Takes one stage after the other from the list until it is empty. */
async function runInTurn(list) {
  for (let next = list.shift(); next !== undefined; next = list.shift()) {
    const [name, stage] = next;
    const start = Date.now();
    const { counts, output } = await runStage(name, stage);
    for (const key of Object.keys(total)) total[key] += counts[key];
    const seconds = ((Date.now() - start) / 1000).toFixed(0);
    console.log(`\n━━ ${stage.title} ━━\n${output}${stage.title}: ${summary(counts)} in ${seconds} s`);
    if (counts.failed > 0) failures.push(...whatFailed(name, stage, output));
  }
}

/** Of a suite what its reporter says, and of anything else the end of what it printed. */
function whatFailed(name, { title, suite }, output) {
  const known = suite === undefined ? [] : (resultsOf(name)?.failures ?? []);
  if (known.length === 0) return [`${title}:\n${output.trimEnd().split('\n').slice(-20).join('\n')}\n`];
  return known.map(
    ({ title: test, file, error }) => `${title}${file ? `, ${relative(root, file)}` : ''}: ${test}\n${error}\n`,
  );
}

function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** VS Code and a browser: by one process, for all stages. What fails here fails again in the stage, which says why. */
function installTools() {
  tools ??= new Promise((resolve) => {
    const child = spawn(bin('tsx'), ['test/tools/run-install.ts'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'ignore'],
      shell: process.platform === 'win32',
    });
    child.once('error', resolve);
    child.once('close', resolve);
  });
  return tools;
}

/** What a stage prints is kept until it ends, so that stages that run side by side read one after the other; a single one is shown live. */
async function runStage(name, { check, suite, needsTools }) {
  if (needsTools) await installTools();
  const [command, ...args] = check ?? suite;
  const isOnlyOne = chosen.length === 1;
  const child = spawn(command, args, {
    cwd: root,
    stdio: isOnlyOne ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: { ...process.env, TEST_RESULTS: resultsFile(name), FORCE_COLOR: '0' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  const status = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += `${error.message}\n`;
      resolve(1);
    });
    child.once('close', resolve);
  });
  return { counts: count(name, check !== undefined, status), output };
}

function count(name, isCheck, status) {
  if (isCheck) return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  const { passed, failed, skipped } = resultsOf(name) ?? { passed: 0, failed: 0, skipped: 0 };
  // A suite that broke before or after its tests, or ran none, has failed.
  const isBroken = failed === 0 && (status !== 0 || passed === 0);
  return { passed, failed: failed + (isBroken ? 1 : 0), skipped };
}

function resultsFile(name) {
  return join(work, `${name}.json`);
}

/** What the reporter of a suite wrote; undefined where it did not get so far. */
function resultsOf(name) {
  return existsSync(resultsFile(name)) ? JSON.parse(readFileSync(resultsFile(name), 'utf8')) : undefined;
}
