// Packages of the extension as people get them: made by the script that makes them for release, and read without installing them.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { targets as allTargets } from '../../scripts/packaging/targets';

const root = join(import.meta.dirname, '..', '..');
/** How scripts/packaging/package.ts ends when it needs the npm registry and cannot reach it. */
const unavailable = 69;

/**
 * Makes packages into a folder. Returns the file of each target, by name; those whose parts could not be fetched are missing.
 * @throws Error with the script's output when anything else went wrong
 */
export function makePackages(folder: string, targets: readonly string[] = []): Map<string, string> {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'package.mjs'), ...targets, '--out', folder],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (status !== 0 && status !== unavailable) throw new Error(`Packages could not be made:\n${stdout}\n${stderr}`);
  if (status === unavailable) console.log(`${stderr.trim()}\nskipped, needs the npm registry`);
  const made = new Map<string, string>();
  for (const file of readdirSync(folder)) {
    const target = /-\d+\.\d+\.\d+-(.+)\.vsix$/.exec(file)?.[1];
    if (target !== undefined) made.set(target, join(folder, file));
  }
  const missing = (targets.length > 0 ? targets : allTargets).filter((target) => !made.has(target));
  if (status === 0 && missing.length > 0) throw new Error(`No package was made for ${missing.join(', ')}:\n${stdout}`);
  return made;
}

/** The files inside a package, or those whose path is wanted; by path with `/`. */
export function readPackage(file: string, isWanted: (path: string) => boolean = () => true): Map<string, Uint8Array> {
  const files = unzipSync(readFileSync(file), { filter: ({ name }) => !name.endsWith('/') && isWanted(name) });
  return new Map(Object.entries(files));
}
