// The gallery's HTML as the host writes it, without a VS Code around.
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { root } from './paths';

export type Strings = Record<string, string>;

/**
 * @param strings translations; undefined for none
 * @param origin where script and style sheet are, by the paths `gallery.js` and `gallery.css`
 */
export async function galleryHtml(
  language: string,
  strings: Strings | undefined,
  origin = 'https://example',
): Promise<string> {
  const source = `
    import { galleryHtml } from './src/gallery/html';
    const uri = (name: string) => ({ toString: () => '${origin}/' + name });
    say(galleryHtml({ cspSource: '${origin}', asWebviewUri: (file) => file }, uri('gallery.js'), uri('gallery.css')));`;
  const vscode = { env: { language }, l10n: { bundle: strings, t: (text: string) => text } };
  const require = createRequire(import.meta.url);
  return runBundled<string>(source, 'node', {
    require: (name: string): unknown => (name === 'vscode' ? vscode : require(name)),
  });
}

/** Bundles modules as the build does, and runs them. @returns what they say */
export async function runBundled<Said>(contents: string, platform: 'node' | 'browser', globals: object): Promise<Said> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform,
    mainFields: ['module', 'main'],
    external: ['vscode'],
    write: false,
    logLevel: 'silent',
  });
  const said: unknown[] = [];
  runInNewContext(outputFiles[0]!.text, { ...globals, say: (value: unknown) => said.push(structuredClone(value)) });
  return said[0] as Said;
}
