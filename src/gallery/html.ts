// The HTML around the gallery's script: strict, without anything of its own.
import { randomBytes } from 'node:crypto';
import type { Uri, Webview } from 'vscode';

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
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Anomaly clusters</title>
    <link rel="stylesheet" href="${webview.asWebviewUri(style).toString()}" />
  </head>
  <body>
    <script nonce="${nonce}" src="${webview.asWebviewUri(script).toString()}"></script>
  </body>
</html>`;
}
