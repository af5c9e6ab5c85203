// The HTML around the gallery's script: strict, without anything of its own but the strings in the person's language, and what asks
// again for a script that does not come.
import { randomBytes } from 'node:crypto';
import { l10n, type Uri, type Webview } from 'vscode';
import { language } from '../base/language';
import { askAgainScript, notLoadedId } from './ask-again';

/**
 * @param script the page's script, and
 * @param style its style sheet, both inside the extension
 * @returns a whole HTML document, whose policy allows these two and the webview's own pictures
 */
export function galleryHtml(webview: Webview, script: Uri, style: Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    `default-src 'none'`,
    `img-src ${webview.cspSource}`,
    // The hash is that of an empty style element, which the toolkit inserts once to see whether :focus-visible is known.
    `style-src ${webview.cspSource} 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${pageLanguage()}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escapeHtml(l10n.t('Anomaly clusters'))}</title>
    <script nonce="${nonce}">${askAgainScript}</script>
    <link rel="stylesheet" href="${webview.asWebviewUri(style).toString()}" />
  </head>
  <body>
    ${stringsBlock()}
    <p id="${notLoadedId}" role="alert" hidden>${escapeHtml(l10n.t('VS Code did not load the gallery. Close it, and open it again.'))}</p>
    <script nonce="${nonce}" src="${webview.asWebviewUri(script).toString()}"></script>
  </body>
</html>`;
}

/** The language that the page's strings are in: that of VS Code, where they have been translated to it. */
function pageLanguage(): string {
  return escapeHtml(l10n.bundle === undefined ? 'en' : language);
}

/** What webview/kit/l10n.ts reads. A data block is not a script that the policy has to allow. Nothing for English. */
function stringsBlock(): string {
  if (l10n.bundle === undefined) return '';
  return `<script type="application/json" id="l10n">${JSON.stringify(l10n.bundle).replaceAll('<', '\\u003c')}</script>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
