// Folders that are filled once and kept in .packaging/: tools and parts of other platforms, from the npm registry.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
export const cacheFolder = join(root, '.packaging');

/** What npm installs into a folder. */
export interface Installation {
  /** Text of package.json. */
  manifest: string;
  /** Text of package-lock.json, with the integrity of every package. */
  lock: string;
  /** Further arguments of npm, as `--os=win32`. */
  options?: string[];
}

/** The registry could not be reached, so a package cannot be made here and now. Nothing is wrong with the code. */
export class RegistryUnreachable extends Error {}

const unreachable =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|FETCH_ERROR/;

/**
 * A folder in which npm has installed exactly what a lock file names, without install scripts. It is filled beside its place and then
 * moved there, so an interrupted installation is none, and two at once do not meet.
 * @throws RegistryUnreachable
 */
export function installed(name: string, { manifest, lock, options = [] }: Installation): string {
  const key = createHash('sha256')
    .update(JSON.stringify([manifest, lock, options]))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheFolder, `${name}-${key}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder, { recursive: true });
  console.log(`Fetching ${name} from the npm registry (once) …`);
  const filling = mkdtempSync(join(cacheFolder, 'filling-'));
  try {
    writeFileSync(join(filling, 'package.json'), manifest);
    writeFileSync(join(filling, 'package-lock.json'), lock);
    npmCi(name, filling, options);
    move(filling, folder);
  } finally {
    rmSync(filling, { recursive: true, force: true });
  }
  // Those of earlier lock files.
  for (const other of readdirSync(cacheFolder)) {
    if (
      other.startsWith(`${name}-`) &&
      /^[0-9a-f]{12}$/.test(other.slice(name.length + 1)) &&
      other !== `${name}-${key}`
    )
      rmSync(join(cacheFolder, other), { recursive: true, force: true });
  }
  return folder;
}

function npmCi(name: string, folder: string, options: string[]): void {
  const args = [
    'ci',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...options,
  ];
  const { status, stderr, error } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    // npm is a batch file on Windows.
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim();
  if (unreachable.test(reason))
    throw new RegistryUnreachable(`The npm registry could not be reached for ${name}:\n${reason}`);
  throw new Error(`npm could not install ${name}:\n${reason}`);
}

/** Moves a folder to its place, unless another process was there first. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
