// THIRD-PARTY-NOTICES.txt of a package: what is in it from others, under which licence, with every text that is due.
import type { LicensedPackage } from './licences';

const line = (character: string) => character.repeat(100);

/** A section: a heading between two lines, then its text. */
const section = (heading: string, text: string) => `${line('=')}\n${heading}\n${line('=')}\n\n${text.trim()}\n`;

/** The text for a target. Packages stand sorted by name. */
export function noticesText(product: string, target: string, packages: LicensedPackage[]): string {
  const sorted = [...packages].sort((a, b) => (a.name < b.name ? -1 : 1) || (a.version < b.version ? -1 : 1));
  const list = sorted.map(
    ({ name, version, licence, source }) => `- ${name} ${version}: ${licence}${source ? `, ${source}` : ''}`,
  );
  return [
    `Third-party notices of ${product} for ${target}\n`,
    'This extension contains software of others, listed here; the full texts of their licences follow.\n',
    `${list.join('\n')}\n`,
    [
      'libvips, with the libraries inside it, is used under the GNU Lesser General Public License, version 3. It is a file of its own below',
      'dist/node_modules/@img that is loaded when the extension runs; you may replace it by another build of libvips. Its sources and build',
      'scripts: https://github.com/lovell/sharp-libvips and https://github.com/libvips/libvips.',
      '',
      'models/patchnet-s.onnx holds weights of our own under the licence of this extension (MIT). They were trained to give the patch',
      'embeddings of a ResNet-50 (He et al., ImageNet; weights as Keras distributes them, MIT); none of that network is in the file.',
      '',
    ].join('\n'),
    ...sorted.map(({ name, version, licence, texts }) =>
      section(
        `${name} ${version} (${licence})`,
        texts.map(({ heading, text }) => `${heading}\n${line('-')}\n\n${text.trim()}`).join('\n\n'),
      ),
    ),
  ].join('\n');
}
