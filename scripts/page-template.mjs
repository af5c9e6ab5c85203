// Puts a page's script and style into one HTML file, and their hashes into its content security policy.
import { createHash } from 'node:crypto';

/**
 * The script runs and the style applies because their hashes are in the policy; nothing else does. The data's marker stays for the
 * engine to fill: a data block is not a script that the policy has to allow.
 */
export function inlinePage({ html, js, css }) {
  if (/<\/?script/i.test(js) || /<\/style/i.test(css)) {
    throw new Error('A page cannot hold a script or style that contains its own closing tag. Escape it in the source.');
  }
  return [
    ['PAGE_SCRIPT_HASH', sha256(js)],
    ['PAGE_STYLE_HASH', sha256(css)],
    ['/*PAGE_CSS*/', css],
    ['/*PAGE_JS*/', js],
  ].reduce((page, [marker, value]) => fill(page, marker, value), html);
}

function fill(page, marker, value) {
  if (page.split(marker).length !== 2) throw new Error(`The page must have exactly one ${marker}.`);
  return page.replace(marker, () => value);
}

/** As a content security policy writes it: of the element's exact text, in UTF-8. */
function sha256(text) {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
