// The doors of the engine that the gallery page uses: nothing of Node is behind them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');

describe('the doors of the engine for the page', () => {
  for (const door of [
    'worker/api.ts',
    'worker/bags/weights.ts',
    'worker/labels/change.ts',
    'worker/labels/view.ts',
    'worker/clustering/choose-k.ts',
    'worker/clustering/tree.ts',
    'worker/evaluation/majority.ts',
    'worker/evaluation/metrics.ts',
    'worker/images/layout.ts',
    'worker/packed-analysis.ts',
    'worker/evaluation/purity.ts',
    'worker/evaluation/upsample.ts',
    'worker/benchmark/tables.ts',
    'webview/gallery.ts',
    'webview/benchmark.ts',
  ]) {
    it(`${door} is bundled for a browser without Node`, async () => {
      const { metafile, outputFiles } = await build({
        absWorkingDir: root,
        entryPoints: [door],
        bundle: true,
        platform: 'browser',
        mainFields: ['module', 'main'],
        format: 'iife',
        outdir: 'dist',
        write: false,
        metafile: true,
        logLevel: 'silent',
      });
      assert.ok(outputFiles.length > 0);
      const outside = Object.values(metafile.inputs).flatMap(({ imports }) =>
        imports.filter(({ external }) => external),
      );
      assert.deepEqual(outside, []);
    });
  }

  it('do notice an import of Node', async () => {
    const node = build({
      absWorkingDir: root,
      entryPoints: ['worker/store/write.ts'],
      bundle: true,
      platform: 'browser',
      write: false,
      logLevel: 'silent',
    });
    await assert.rejects(node, /Could not resolve "node:/);
  });
});
