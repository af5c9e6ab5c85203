// Installs the locked dependencies when they are missing or older than the lock file, so that one command is enough.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The project's root folder. */
export const root = join(import.meta.dirname, '..');

/** Environment of an install: the CPU runtime is in the npm package, so onnxruntime-node must not ask NuGet for CUDA. */
const installEnvironment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };

/** Runs a command in the project's root, showing its output. Ends this process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    // npm is a batch file on Windows.
    shell: process.platform === 'win32' && command === 'npm',
    ...options,
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Installs what package-lock.json names, unless that is what node_modules already holds. */
export function ensureInstalled() {
  // The one place that says which Node is needed: ">=20.19".
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const needed = engines.node.replace('>=', '');
  if (!isAtLeast(process.versions.node, needed)) {
    console.error(`Node.js ${needed} or newer is needed; this is ${process.version}. Get one from https://nodejs.org.`);
    process.exit(1);
  }
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing the dependencies (once) …');
  run('npm', ['ci', '--no-audit', '--no-fund'], { env: installEnvironment });
}

function isAtLeast(version, least) {
  const [parts, wanted] = [version, least].map((text) => text.split('.').map(Number));
  const different = wanted.findIndex((part, i) => parts[i] !== part);
  return different < 0 || parts[different] > wanted[different];
}
