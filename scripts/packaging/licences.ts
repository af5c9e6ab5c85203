// Under which licence each shipped npm package is, with the texts that must go along; and which licences are not accepted.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './cache';
import { runTool } from './tools';

export interface LicensedPackage {
  name: string;
  version: string;
  /** As an SPDX expression, from its package.json. */
  licence: string;
  /** Address of its source, where it tells one. */
  source?: string;
  /** All texts that are due, each with a heading. */
  texts: { heading: string; text: string }[];
}

const given = join(root, 'licences');
const read = (...path: string[]) => readFileSync(join(...path), 'utf8').replaceAll('\r\n', '\n');

/** Files of licences and notices at the top of a package. A README is none, though license-checker takes it where there is no other. */
const isLegal = (file: string) =>
  /^(licen[cs]es?|copying|notices?|copyright|copyrightnotice|third-?party-?notices?)([-._].*)?$/i.test(file);

/** Texts for packages that bring none, by name; `licences/README.md` says where they are from. */
const givenTexts: Record<string, string> = {
  '@microsoft/fast-element': 'npm/microsoft.txt',
  '@microsoft/fast-foundation': 'npm/microsoft.txt',
  '@microsoft/fast-web-utilities': 'npm/microsoft.txt',
  '@vscode/l10n': 'npm/microsoft.txt',
  'fft.js': 'npm/fft.js.txt',
  lerc: 'npm/lerc.txt',
  'onnxruntime-common': 'onnxruntime/LICENSE.txt',
  'onnxruntime-node': 'onnxruntime/LICENSE.txt',
};

/** Names of the libraries in a table as sharp's packages have it in their README: `| cairo | Mozilla … |`. */
export function librariesInTable(readme: string): string[] {
  const rows = readme.split('\n').flatMap((line) => /^\|\s*([^|\s]+)\s*\|\s*[^|]+\|\s*$/.exec(line)?.[1] ?? []);
  return rows.filter((name) => name !== 'Library' && !/^-+$/.test(name));
}

/** The texts of libvips and of each library inside it. */
function libvipsTexts(readme: string): LicensedPackage['texts'] {
  const libraries = librariesInTable(readme);
  const missing = libraries.filter((name) => !existsSync(join(given, 'libvips', `${name}.txt`)));
  if (libraries.length === 0 || missing.length > 0) {
    throw new Error(
      `licences/libvips has no text for: ${missing.join(', ') || 'any library, since the table is missing'}.`,
    );
  }
  return [
    {
      heading: 'Licences of the libraries inside libvips',
      text: readme.slice(readme.indexOf('This software contains')),
    },
    { heading: 'GNU Lesser General Public License, version 3', text: read(given, 'LGPL-3.0.txt') },
    { heading: 'GNU General Public License, version 3, which the former refers to', text: read(given, 'GPL-3.0.txt') },
    { heading: 'GNU Lesser General Public License, version 2.1', text: read(given, 'LGPL-2.1.txt') },
    ...libraries.map((name) => ({ heading: `In libvips: ${name}`, text: read(given, 'libvips', `${name}.txt`) })),
  ];
}

/** What ONNX Runtime contains. The notices are those of one version: another one may contain other things. */
function runtimeTexts(version: string, os: string): LicensedPackage['texts'] {
  const notices = `ThirdPartyNotices-${version}.txt`;
  if (!existsSync(join(given, 'onnxruntime', notices))) {
    throw new Error(`licences/onnxruntime has no ${notices}. Take it from ONNX Runtime's release ${version}.`);
  }
  return [
    ...(os === 'win32' ? [{ heading: 'Beside it on Windows', text: read(given, 'onnxruntime', 'windows.txt') }] : []),
    { heading: 'Third-party notices of ONNX Runtime', text: read(given, 'onnxruntime', notices) },
  ];
}

/** All texts that are due for a package in a folder. */
function textsOf(folder: string, name: string, version: string, os: string): LicensedPackage['texts'] {
  const own = readdirSync(folder)
    .filter(isLegal)
    .sort()
    .map((file) => ({ heading: file, text: read(folder, file) }));
  const instead = givenTexts[name];
  if (own.length === 0 && instead !== undefined) own.push({ heading: 'Licence', text: read(given, instead) });
  if (name === 'onnxruntime-node') own.push(...runtimeTexts(version, os));
  if (/^@img\/sharp-(libvips-|win32-)/.test(name)) own.push(...libvipsTexts(read(folder, 'README.md')));
  return own;
}

interface CheckedLicence {
  licenses?: string | string[];
  repository?: string;
}

const reports = new Map<string, Record<string, CheckedLicence>>();

/** What license-checker says of all packages below a folder, by name@version. Every target asks for that of the project. */
function reportOn(start: string): Record<string, CheckedLicence> {
  const known = reports.get(start);
  if (known !== undefined) return known;
  const output = runTool('license-checker', ['--json', '--start', start]);
  const report = JSON.parse(output) as Record<string, CheckedLicence>;
  reports.set(start, report);
  return report;
}

/**
 * Licences and texts of packages.
 * @param start folder whose node_modules holds them, with a package.json
 * @param folders of the packages, below that
 */
export function licencesOf(start: string, folders: string[], os: string): LicensedPackage[] {
  const report = reportOn(start);
  return folders.map((folder) => {
    const { name, version } = JSON.parse(read(folder, 'package.json')) as { name: string; version: string };
    const checked = report[`${name}@${version}`];
    if (checked === undefined)
      throw new Error(`license-checker does not know ${name} ${version} in ${basename(start)}.`);
    const licence = [checked.licenses ?? 'UNKNOWN'].flat().join(' AND ');
    const source = checked.repository;
    const texts = textsOf(folder, name, version, os);
    return { name, version, licence, ...(source === undefined ? {} : { source }), texts };
  });
}

/** Licences that ask for no more than their text. */
const permissive = new Set([
  ...[
    '0BSD',
    // Given to the public domain.
    'CC0-1.0',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'ISC',
    'MIT',
    'Python-2.0',
    'Unlicense',
    'Zlib',
  ],
]);

/** libvips is loaded dynamically, from a file that anyone may replace by another: the LGPL allows that. Nothing else may be under it. */
const isLibvips = (name: string) => /^@img\/sharp-(libvips-(linux|darwin)-(x64|arm64)|win32-(x64|arm64))$/.test(name);

/** What stands against shipping a package, or undefined. */
export function objection({ name, version, licence, texts }: LicensedPackage): string | undefined {
  if (texts.every(({ text }) => text.trim() === '')) return `${name} ${version} (${licence}) has no licence text.`;
  const ids = licence.split(/[\s()]+|\bAND\b|\bOR\b/).filter((id) => id !== '');
  const refused = ids.filter((id) => !permissive.has(id) && !(id === 'LGPL-3.0-or-later' && isLibvips(name)));
  if (ids.length === 0 || refused.length > 0) return `${name} ${version} is under ${licence}, which is not accepted.`;
  return undefined;
}
