// A mocha reporter for people and for scripts/test.mjs: prints as "spec" and what took longest, and writes the counts and what failed to a JSON file.
'use strict';
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

/** Milliseconds: tests that take less are not worth making faster. */
const long = 15_000;
/** Characters. */
const mostOfError = 1500;

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    /** Tests, and what comes before and after them. */
    const steps = [];
    /** What failed: with its error, as whoever reads the end of a long output looks for that. */
    const failed = [];
    runner.on('fail', (step, error) => {
      failed.push({
        title: step.fullTitle(),
        file: step.file,
        error: String(error?.stack ?? error).slice(0, mostOfError),
      });
    });
    runner.on('test end', (test) => steps.push(test));
    runner.on('hook end', (hook) => steps.push(hook));
    runner.once('end', () => {
      const slowest = steps.filter(({ duration }) => duration >= long).sort((a, b) => b.duration - a.duration);
      for (const step of slowest.slice(0, 10)) {
        console.log(`  ${(step.duration / 1000).toFixed(0).padStart(4)} s  ${step.fullTitle()}`);
      }
      const file = process.env.TEST_RESULTS;
      if (!file) return;
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending, failures: failed }));
    });
  }
};
