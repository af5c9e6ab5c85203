// Bundles the extension, the engine, the command line and the gallery page into dist/. Options: --production, --watch.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { main as compile } from 'assemblyscript/asc';
import { build, context, transform } from 'esbuild';
import { inlinePage } from './page-template.mjs';
import { root } from './setup.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const dist = join(root, 'dist');

const common = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  logLevel: 'warning',
  // jsonc-parser's main file requires its parts in a way that bundlers do not see.
  mainFields: ['module', 'main'],
};

/** Packages with native parts or files of their own stay in node_modules. */
const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  outdir: 'dist',
  external: ['vscode', 'onnxruntime-node', 'sharp', 'piscina'],
};

/**
 * What is imported on demand lies in files of its own, so that VS Code reads little when it starts the extension. esbuild splits only
 * ES modules, which VS Code before 1.100 does not load as extensions: each file is turned into CommonJS after it was split.
 */
const asCommonJs = {
  name: 'as CommonJS',
  setup({ onStart, onEnd, initialOptions: { outdir } }) {
    const folder = join(root, outdir);
    onStart(() => rmSync(folder, { recursive: true, force: true }));
    onEnd(async ({ outputFiles = [] }) => {
      mkdirSync(folder, { recursive: true });
      for (const { path, text } of outputFiles) {
        const { code } = await transform(text, {
          platform: 'node',
          target: 'node20',
          format: 'cjs',
          supported: { 'dynamic-import': false },
          minify: production,
          sourcemap: production ? false : 'inline',
        });
        writeFileSync(join(folder, basename(path)), code);
      }
    });
  },
};

const extension = {
  ...node,
  format: 'esm',
  splitting: true,
  write: false,
  sourcemap: production ? false : 'inline',
  outdir: 'dist/extension',
  plugins: [asCommonJs],
  entryPoints: { main: 'src/extension.ts' },
};

const bundles = [
  extension,
  {
    ...node,
    entryPoints: {
      cli: 'worker/cli.ts',
      main: 'worker/main.ts',
      task: 'worker/pool/task.ts',
      device: 'worker/devices/thread.ts',
      probe: 'worker/devices/probe.ts',
    },
  },
  {
    ...common,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    outdir: 'dist/webview',
    entryPoints: { gallery: 'webview/gallery.ts' },
  },
];

/** A page in one HTML file, with its script and style inside and a place for the data: the report, and that of a benchmark. */
async function buildPage(name) {
  const { outputFiles } = await build({
    ...common,
    sourcemap: false,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    write: false,
    outdir: 'dist/webview',
    entryPoints: { [name]: `webview/${name}.ts` },
  });
  const text = (extension) => outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '';
  const html = readFileSync(join(root, 'webview', 'page-template.html'), 'utf8');
  mkdirSync(join(dist, 'webview'), { recursive: true });
  writeFileSync(join(dist, 'webview', `${name}.html`), inlinePage({ html, js: text('.js'), css: text('.css') }));
}

/** The label file's JSON schema, from the same definition that reads the file. */
async function buildSchema() {
  const outfile = join(dist, 'schema', 'json-schema.mjs');
  await build({
    ...common,
    sourcemap: false,
    platform: 'node',
    format: 'esm',
    outfile,
    entryPoints: ['worker/labels/json-schema.ts'],
  });
  const { labelFileJsonSchema } = await import(pathToFileURL(outfile).href);
  rmSync(dirname(outfile), { recursive: true });
  writeFileSync(join(dist, 'label-file.schema.json'), `${JSON.stringify(labelFileJsonSchema(), null, 2)}\n`);
}

/** The SIMD code that searches patches, as a module that the engine's bundles and the tests import alike. */
async function buildSimd() {
  const { error, stderr } = await compile([
    'worker/bags/simd/nearest.ts',
    ...['--baseDir', root, '--outFile', 'dist/nearest.wasm'],
    ...['-O3', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--noAssert'],
  ]);
  if (error) throw new Error(stderr.toString(), { cause: error });
  const file = join(dist, 'nearest.wasm');
  const code = readFileSync(file).toString('base64');
  rmSync(file);
  writeFileSync(
    join(root, 'worker', 'bags', 'nearest-wasm.ts'),
    `// Made from simd/nearest.ts by scripts/build.mjs.\nexport const nearestWasm =\n  '${code}';\n`,
  );
}

/**
 * The README inside a package. There is no public address yet that its pictures and relative links could be resolved against, and
 * packages with such links are refused.
 */
function writePackageReadme() {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
    .replace(/^!\[[^\]]*\]\([^)]*\)\n\n/gm, '')
    .replace(/\[([^\]]*)\]\((?!https?:)[^)]*\)/g, '$1');
  writeFileSync(join(dist, 'README.md'), text);
}

if (production) rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
await buildSimd();
if (watch) {
  for (const options of bundles) await (await context(options)).watch();
  console.log('Watching for changes …');
} else {
  await Promise.all(bundles.map((options) => build(options)));
}
await Promise.all([buildPage('report'), buildPage('benchmark'), buildSchema()]);
if (production) writePackageReadme();
