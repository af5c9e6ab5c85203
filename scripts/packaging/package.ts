// Makes a .vsix file for each platform: builds once, collects each platform's files apart, and lets vsce pack them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder, RegistryUnreachable, root } from './cache';
import { stage, type Build } from './stage';
import { isTarget, targets, type Target } from './targets';
import { runTool } from './tools';

/** Exit codes: wrong arguments, and a registry that cannot be reached (as sysexits has it: unavailable). */
const usage = 2;
const unavailable = 69;

const { version, name, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  name: string;
  repository: { url: string };
};

function build(work: string): Build {
  const folder = join(work, 'dist');
  const list = join(work, 'inputs.json');
  const args = ['scripts/build.mjs', '--production', '--out', folder, '--inputs', list];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error('The build failed.');
  return { folder, inputs: JSON.parse(readFileSync(list, 'utf8')) as string[] };
}

/** Makes one package and returns its file. */
function makePackage(target: Target, built: Build, work: string, out: string): string {
  const folder = join(work, target);
  const file = join(out, `${name}-${version}-${target}.vsix`);
  stage(target, built, folder);
  // The page's pictures are those of its version. It lies in docs/, so its links start there.
  const home = repository.url.replace(/\.git$/, '');
  const page = ['--baseContentUrl', `${home}/blob/v${version}/docs`, '--baseImagesUrl', `${home}/raw/v${version}/docs`];
  runTool('vsce', ['package', '--target', target, '--no-dependencies', ...page, '--out', file], folder);
  rmSync(folder, { recursive: true });
  return file;
}

function main(): void {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const unknown = positionals.filter((each) => !isTarget(each));
  if (unknown.length > 0) {
    console.error(`There is no target ${unknown.join(', ')}. Targets: ${targets.join(', ')}.`);
    process.exitCode = usage;
    return;
  }
  const wanted = positionals.length === 0 ? targets : targets.filter((target) => positionals.includes(target));
  const out = resolve(values.out ?? join(root, 'packages'));
  mkdirSync(out, { recursive: true });
  mkdirSync(cacheFolder, { recursive: true });
  const work = mkdtempSync(join(cacheFolder, 'work-'));
  try {
    const built = build(work);
    for (const target of wanted) {
      const start = Date.now();
      try {
        const file = makePackage(target, built, work, out);
        const megabytes = (statSync(file).size / 1e6).toFixed(1);
        console.log(`${file}: ${megabytes} MB, in ${((Date.now() - start) / 1000).toFixed(1)} s`);
      } catch (error) {
        // Those whose parts are here can still be made.
        if (!(error instanceof RegistryUnreachable)) throw error;
        console.error(`No package for ${target}. ${error.message}`);
        process.exitCode = unavailable;
      }
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

main();
