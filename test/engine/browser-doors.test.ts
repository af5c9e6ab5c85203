// The doors of the engine that the gallery page uses: nothing of Node is behind them.
import assert from 'node:assert/strict';
import { build } from 'esbuild';
import architecture from '../../docs/architecture.json' with { type: 'json' };
import { root } from '../tools/paths';

describe('the doors of the engine for the page', () => {
  const entries = ['webview/gallery/gallery.ts', 'webview/benchmark/benchmark.ts'];
  for (const door of [...architecture.doors.webview.map((name) => `worker/${name}.ts`), ...entries]) {
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
      entryPoints: ['worker/store/atomic-write.ts'],
      bundle: true,
      platform: 'browser',
      write: false,
      logLevel: 'silent',
    });
    await assert.rejects(node, /Could not resolve "node:/);
  });
});
