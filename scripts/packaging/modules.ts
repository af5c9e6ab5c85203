// Packages that stay in node_modules because they have native parts or files of their own: which of their files go into a package, and
// where those of another platform come from.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed, root } from './cache';
import { isRuntimeFile, platformOf, type Target } from './targets';

/** Files of one npm package that go into a package of the extension. */
export interface ShippedModule {
  name: string;
  /** Where its files are. */
  folder: string;
  /** Whether a file of it is shipped; its path is below the folder, with `/`. */
  includes: (path: string, target: Target) => boolean;
}

const isCode = (path: string) => path === 'package.json' || path.startsWith('dist/');
const everything = () => true;
/** For compilers and debuggers. */
export const isForDevelopersOnly = (path: string) => /\.map$|\.d\.[cm]?ts$|(^|\/)glib-2\.0\//.test(path);

interface Lock {
  packages: Record<string, Record<string, unknown>>;
}

/** sharp with the native parts of a target, as package-lock.json has it. */
function sharpFolder(target: Target): string {
  const { os, cpu } = platformOf(target);
  const { name, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    name: string;
    dependencies: Record<string, string>;
  };
  const manifest = { name, private: true, dependencies: { sharp: dependencies['sharp'] } };
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  // npm takes from it what sharp needs on that platform, and leaves the rest.
  const packages = { ...lock.packages, '': manifest };
  return installed(`sharp-${target}`, {
    manifest: JSON.stringify(manifest),
    lock: JSON.stringify({ ...lock, packages }),
    // VS Code's servers for musl are another target.
    options: [`--os=${os}`, `--cpu=${cpu}`, ...(os === 'linux' ? ['--libc=glibc'] : [])],
  });
}

/**
 * Everything of node_modules that a target needs.
 * @throws RegistryUnreachable when parts of that platform must be fetched and cannot
 */
export function shippedModules(target: Target): ShippedModule[] {
  const here = (name: string, includes: ShippedModule['includes']) => ({
    name,
    folder: join(root, 'node_modules', name),
    includes,
  });
  const native = target.startsWith('win32') ? [`sharp-${target}`] : [`sharp-${target}`, `sharp-libvips-${target}`];
  const isInstalled = native.every((name) => existsSync(join(root, 'node_modules', '@img', name)));
  const sharp = join(isInstalled ? root : sharpFolder(target), 'node_modules');
  const there = (name: string, includes: ShippedModule['includes']) => ({ name, folder: join(sharp, name), includes });
  return [
    here('onnxruntime-node', isRuntimeFile),
    here('onnxruntime-common', (path) => path === 'package.json' || path.startsWith('dist/cjs/')),
    here('piscina', (path) => isCode(path) || path === 'LICENSE'),
    there('sharp', (path) => isCode(path) || path === 'LICENSE'),
    there('detect-libc', everything),
    there('semver', everything),
    there('@img/colour', everything),
    ...native.map((name) => there(`@img/${name}`, everything)),
  ];
}
