// Bundles the extension, the engine, the command line and the gallery page into dist/. Options: --production, --watch, --out FOLDER
// (instead of dist/, for a package), --inputs FILE (a JSON list of the files that went into the bundles).
import { Buffer } from 'node:buffer';
import { existsSync, mkdirSync, readFileSync, rmSync, watch as watchFolder, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { main as compile } from 'assemblyscript/asc';
import { build, context, transform } from 'esbuild';
import { inlinePage } from './page-template.mjs';
import { root } from './setup.mjs';

const { production, watch, out, inputs } = parseArgs({
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    out: { type: 'string', default: 'dist' },
    inputs: { type: 'string' },
  },
}).values;
const dist = resolve(root, out);

const common = {
  absWorkingDir: root,
  bundle: true,
  metafile: true,
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
  outdir: dist,
  // TensorFlow.js is used where a person has installed it, and is in no package.
  external: ['vscode', 'onnxruntime-node', 'sharp', 'piscina', '@tensorflow/*'],
};

/**
 * What is imported on demand lies in files of its own, so that VS Code reads little when it starts the extension. esbuild splits only
 * ES modules, which VS Code before 1.100 does not load as extensions: each file is turned into CommonJS after it was split.
 */
const asCommonJs = {
  name: 'as CommonJS',
  setup({ onStart, onEnd, initialOptions: { outdir: folder } }) {
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
  outdir: join(dist, 'extension'),
  plugins: [asCommonJs],
  entryPoints: { main: 'src/extension.ts' },
};

/** A page in one HTML file, with its script and style inside and a place for the data: the report, and that of a benchmark. */
const asOnePage = {
  name: 'as one page',
  setup({ onEnd, onLoad, initialOptions: { outdir: folder, entryPoints } }) {
    const [name] = Object.keys(entryPoints);
    const template = join(root, 'webview', 'report', 'page-template.html');
    // The template is watched as if the script imported it.
    onLoad({ filter: new RegExp(`[/\\\\]${name}[/\\\\]${name}\\.ts$`) }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'ts',
      watchFiles: [template],
    }));
    onEnd(({ errors, outputFiles = [] }) => {
      if (errors.length > 0) return;
      const text = (extension) => outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '';
      const html = readFileSync(template, 'utf8');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}.html`), inlinePage({ html, js: text('.js'), css: text('.css') }));
    });
  },
};

/** A JSON schema, from the same definition that the program goes by. */
const asSchema = (name, maker) => ({
  name: 'as JSON schema',
  setup({ onEnd }) {
    onEnd(async ({ errors, outputFiles }) => {
      if (errors.length > 0) return;
      const [{ contents }] = outputFiles;
      const code = await import(`data:text/javascript;base64,${Buffer.from(contents).toString('base64')}`);
      writeFileSync(join(dist, `${name}.schema.json`), `${JSON.stringify(code[maker](), null, 2)}\n`);
    });
  },
});

const browser = { ...common, platform: 'browser', target: 'es2022', format: 'iife', outdir: join(dist, 'webview') };
const page = (name) => ({
  ...browser,
  sourcemap: false,
  minify: true,
  write: false,
  entryPoints: { [name]: `webview/${name}/${name}.ts` },
  plugins: [asOnePage],
});

const schema = (entryPoint, name, maker) => ({
  ...common,
  sourcemap: false,
  platform: 'node',
  format: 'esm',
  write: false,
  outdir: join(dist, 'schema'),
  entryPoints: [entryPoint],
  plugins: [asSchema(name, maker)],
});

const bundles = [
  extension,
  {
    ...node,
    entryPoints: {
      cli: 'worker/launch.ts',
      program: 'worker/cli.ts',
      main: 'worker/main.ts',
      task: 'worker/pool/registry.ts',
      device: 'worker/devices/device-thread.ts',
      probe: 'worker/devices/probe.ts',
    },
  },
  { ...browser, entryPoints: { gallery: 'webview/gallery/gallery.ts' } },
  page('report'),
  page('benchmark'),
  page('compare'),
  schema('worker/labels/json-schema.ts', 'label-file', 'labelFileJsonSchema'),
  schema('worker/area/json-schema.ts', 'area-file', 'areaJsonSchema'),
  schema('worker/terminal/json-output.ts', 'cluster-output', 'clusterOutputJsonSchema'),
];

const simdSource = join(root, 'worker', 'bags', 'simd');
/** What `#nearest-wasm` stands for, in package.json. It is the same for every output folder. */
const simdModule = join(root, 'dist', 'nearest-wasm.mjs');

/** The SIMD code that searches patches, as a module that the engine's bundles and the tests import alike. */
async function buildSimd() {
  const wasm = join(dist, 'nearest.wasm');
  const { error, stderr } = await compile([
    'worker/bags/simd/nearest.ts',
    ...['--baseDir', root, '--outFile', relative(root, wasm)],
    ...['-O3', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--noAssert'],
  ]);
  if (error) throw new Error(stderr.toString(), { cause: error });
  const code = readFileSync(wasm).toString('base64');
  rmSync(wasm);
  const text = `// Made from worker/bags/simd/nearest.ts by scripts/build.mjs.\nexport const nearestWasm = '${code}';\n`;
  // A package may be built while tests read it.
  if (existsSync(simdModule) && readFileSync(simdModule, 'utf8') === text) return;
  mkdirSync(dirname(simdModule), { recursive: true });
  writeFileSync(simdModule, text);
}

/** The files, relative to the project's root, of which something is in what was built. */
function bundledInputs(results) {
  const outputs = results.flatMap(({ metafile }) => Object.values(metafile.outputs));
  const used = outputs.flatMap((output) =>
    Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  return [...new Set(used.map(([file]) => file))].sort();
}

/** Says when a bundle is being built and when all of them are done: .vscode/tasks.json waits for these lines. */
function announcing(options, state) {
  const announce = {
    name: 'announce',
    setup({ onStart, onEnd }) {
      onStart(() => {
        if (state.running++ === 0) console.log('[watch] build started');
      });
      onEnd(({ errors }) => {
        for (const { text, location } of errors) {
          const place = location ? `${location.file}:${location.line}:${location.column + 1}` : 'build:1:1';
          console.log(`${place}: error: ${text}`);
        }
        if (--state.running === 0) console.log('[watch] build finished');
      });
    },
  };
  return { ...options, logLevel: 'silent', plugins: [...(options.plugins ?? []), announce] };
}

/** Rebuilds whatever a change touches: bundles, pages, the schema and the SIMD code. */
async function watchAll() {
  const state = { running: 0 };
  const contexts = await Promise.all(bundles.map((options) => context(announcing(options, state))));
  await Promise.all(contexts.map((each) => each.watch()));
  let building = Promise.resolve();
  watchFolder(simdSource, () => {
    building = building
      .then(buildSimd)
      .catch((error) => console.log(`worker/bags/simd/nearest.ts:1:1: error: ${error.message}`));
  });
}

if (production) rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
await buildSimd();
if (watch) {
  await watchAll();
} else {
  const results = await Promise.all(bundles.map((options) => build(options)));
  if (inputs !== undefined) writeFileSync(inputs, `${JSON.stringify(bundledInputs(results), null, 2)}\n`);
}
