// Bundles the extension, the engine, the command line and the gallery page into dist/.
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, context } from 'esbuild';
import { root } from './setup.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** What both Node bundles share. Packages with native parts or files of their own stay in node_modules. */
const node = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  outdir: 'dist',
  external: ['vscode', 'onnxruntime-node', 'sharp', 'piscina'],
  sourcemap: production ? false : 'linked',
  minify: production,
  logLevel: 'warning',
};

const page = {
  absWorkingDir: root,
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  outdir: 'dist/webview',
  sourcemap: production ? false : 'linked',
  minify: production,
  logLevel: 'warning',
};

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension.ts' } },
  {
    ...node,
    entryPoints: { cli: 'worker/cli.ts', main: 'worker/main.ts', task: 'worker/pool/task.ts' },
  },
  { ...page, entryPoints: { gallery: 'webview/gallery.ts', report: 'webview/report.ts' }, loader: { '.css': 'css' } },
];

/** Files that are shipped as they are. */
function copyAssets() {
  const require = createRequire(import.meta.url);
  void require;
  mkdirSync(join(root, 'dist'), { recursive: true });
}

copyAssets();
if (watch) {
  for (const options of bundles) await (await context(options)).watch();
  console.log('Watching for changes …');
} else {
  await Promise.all(bundles.map((options) => build(options)));
}
void copyFileSync, dirname;
