// `npm test`: installs, builds, and runs every check and test. `npm test -- unit host` runs some stages only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, root } from './setup.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const mocha = (folder, ...options) => [
  bin('mocha'),
  '--reporter=test/tools/reporter.cjs',
  ...options,
  `test/${folder}/**/*.test.ts`,
];

/** A check counts as one test; a suite says itself how many it ran. */
const stages = {
  format: { title: 'Formatting', check: [bin('prettier'), '--check', '.'] },
  lint: { title: 'Lint', check: [bin('eslint'), '.'] },
  types: { title: 'Types', check: [bin('tsc'), '-b'] },
  unit: { title: 'Unit tests', suite: mocha('unit') },
  host: { title: 'Tests inside VS Code', suite: [bin('tsx'), 'test/tools/run-host.ts'] },
  e2e: { title: 'End-to-end tests in a browser', suite: mocha('e2e', '--timeout=240000') },
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

const work = mkdtempSync(join(tmpdir(), 'anomaly-tests-'));
const total = { passed: 0, failed: isBuilt ? 0 : 1, skipped: 0 };
for (const [name, stage] of Object.entries(stages)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  // Suites would test an older build. The checks still tell what is wrong.
  if (!isBuilt && stage.suite) continue;
  console.log(`\n━━ ${stage.title} ━━`);
  const start = Date.now();
  const counts = runStage(name, stage);
  for (const key of Object.keys(total)) total[key] += counts[key];
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  console.log(`${stage.title}: ${summary(counts)} in ${seconds} s`);
}
rmSync(work, { recursive: true, force: true });

if (!isBuilt) console.log('\nThe build failed, so only the checks ran.');
console.log(`\n${summary(total)}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function runStage(name, { check, suite }) {
  const results = join(work, `${name}.json`);
  const [command, ...args] = check ?? suite;
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    env: { ...process.env, TEST_RESULTS: results, FORCE_COLOR: '0' },
  });
  if (check) return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  const counts = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : { passed: 0, failed: 0, skipped: 0 };
  // A suite that broke before or after its tests, or ran none, has failed.
  const isBroken = counts.failed === 0 && (status !== 0 || counts.passed === 0);
  return { passed: counts.passed, failed: counts.failed + (isBroken ? 1 : 0), skipped: counts.skipped };
}
