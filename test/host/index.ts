// Runs inside VS Code's extension host, as VS Code's test runners expect: finds nothing, loads the suites it was bundled with.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** What the runner outside reads. */
export interface HostResult {
  passed: number;
  failed: number;
  skipped: number;
  /** What mocha's "spec" reporter would print. */
  lines: string[];
  /** What failed, for the end of `npm test`. */
  failures: { title: string; error: string }[];
}

/** @throws when a test fails, so that VS Code ends with an error */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, reporter: 'min' });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, 'host', mocha);
  await import('./commands.test');
  await import('./side-panel.test');
  await import('./labels.test');
  await import('./label-edits.test');
  await import('./label-files.test');
  await import('./decorations.test');
  await import('./encodings.test');
  await import('./results.test');
  const result: HostResult = { passed: 0, failed: 0, skipped: 0, lines: [], failures: [] };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('suite', (suite) => suite.title !== '' && result.lines.push(`  ${suite.title}`));
    runner.on('pass', (test) => {
      result.passed++;
      result.lines.push(`    ✔ ${test.title} (${test.duration ?? 0}ms)`);
    });
    runner.on('pending', (test) => {
      result.skipped++;
      result.lines.push(`    - ${test.title}`);
    });
    runner.on('fail', (test, error) => {
      result.failed++;
      const text = (error as Error).stack ?? String(error);
      result.lines.push(`    ✘ ${test.title}`, `      ${text}`);
      result.failures.push({ title: test.fullTitle(), error: text });
    });
  });
  const file = process.env['TEST_RESULTS'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(result));
  if (result.failed > 0) throw new Error(`${result.failed} host tests failed.`);
}
