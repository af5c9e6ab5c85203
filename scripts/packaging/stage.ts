// Collects the files of a package into a folder of its own, so that the person's node_modules and dist/ stay as they are.
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { root } from './cache';
import { licencesOf, objection, type LicensedPackage } from './licences';
import { isForDevelopersOnly, shippedModules } from './modules';
import { noticesText } from './notices';
import { platformOf, type Target } from './targets';

/** What `scripts/build.mjs --production` has made for all targets. */
export interface Build {
  /** Stands in for dist/. */
  folder: string;
  /** Files that went into the bundles, relative to the project's root. */
  inputs: string[];
}

/** Files of the source tree that are shipped as they are, by folder. */
const sources: Record<string, RegExp> = {
  '.': /^(package\.nls(\..+)?\.json|CHANGELOG\.md|LICENSE)$/,
  l10n: /\.json$/,
  media: /^icon\./,
  'media/walkthrough': /\.svg$/,
  'scripts/slurm': /\.(sh|sbatch)$/,
  'scripts/kubernetes': /\.(sh|yaml)$/,
  models: /^(catalogue\.json|README\.md|.*\.onnx)$/,
};

/** Whether a file of the source tree (its path below the root, with `/`) is shipped as it is. */
export function isShipped(path: string): boolean {
  const names = sources[posix.dirname(path)];
  return names !== undefined && names.test(posix.basename(path));
}

/** The page that VS Code and its marketplaces show. */
const extensionPage = 'docs/extension-page.md';

/** What of package.json is for those who develop the extension. */
const development = ['scripts', 'devDependencies', 'dependencies', 'overrides', 'allowScripts'];

/**
 * Fills a folder with all that a target's package holds.
 *
 * Packages of node_modules lie below dist/: vsce leaves out a node_modules at the top unless npm finds it complete, and ours lacks on
 * purpose what only install scripts need.
 * @throws RegistryUnreachable
 * @throws Error when something would be shipped without a licence text, or under a licence that is not accepted
 */
export function stage(target: Target, { folder: built, inputs }: Build, folder: string): void {
  for (const below of Object.keys(sources)) {
    mkdirSync(join(folder, below), { recursive: true });
    for (const name of readdirSync(join(root, below)).filter((each) => isShipped(posix.join(below, each))))
      copyFileSync(join(root, below, name), join(folder, below, name));
  }
  copyFileSync(join(root, extensionPage), join(folder, 'README.md'));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  const shipped = Object.fromEntries(Object.entries(manifest).filter(([key]) => !development.includes(key)));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(shipped, null, 2)}\n`);
  cpSync(built, join(folder, 'dist'), { recursive: true });

  const modules = shippedModules(target);
  for (const module of modules) {
    const files = readdirSync(module.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(module.folder.length + 1)
          .replaceAll('\\', '/'),
      )
      .filter((path) => module.includes(path, target) && !isForDevelopersOnly(path));
    for (const path of files) {
      const to = join(folder, 'dist', 'node_modules', module.name, path);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(join(module.folder, path), to);
    }
  }

  const packages = licensedPackages(
    target,
    modules.map((module) => module.folder),
    inputs,
  );
  const objections = packages.flatMap((each) => objection(each) ?? []);
  if (objections.length > 0) throw new Error(`The package for ${target} cannot be made:\n${objections.join('\n')}`);
  const product = `Anomaly Clustering ${String(manifest['version'])}`;
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), noticesText(product, target, packages));
}

/** Folder of the npm package that a file belongs to; undefined for our own. */
export function packageFolder(file: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

/** Everything of others in a package: in the bundles, and beside them. */
function licensedPackages(target: Target, modules: string[], inputs: string[]): LicensedPackage[] {
  // The compiler's own library is part of the SIMD code.
  const bundled = new Set(['node_modules/assemblyscript', ...inputs.flatMap((file) => packageFolder(file) ?? [])]);
  const here = [...bundled].map((folder) => join(root, folder));
  const { os } = platformOf(target);
  const isHere = (folder: string) => folder.startsWith(join(root, 'node_modules'));
  const fetched = modules.filter((folder) => !isHere(folder));
  const start = fetched[0]?.split('node_modules')[0] ?? root;
  const all = [...licencesOf(root, [...here, ...modules.filter(isHere)], os), ...licencesOf(start, fetched, os)];
  // The same package at two places is one.
  return [...new Map(all.map((each) => [`${each.name}@${each.version}`, each])).values()];
}
