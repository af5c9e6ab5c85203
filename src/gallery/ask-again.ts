// The only script that stands in the gallery's HTML itself: what VS Code does not hand out (the page's script, its style sheet, pictures)
// is asked for again. A busy browser's VS Code answers some requests with "not found", where its service worker does not know a page that has
// just come (microsoft/vscode, service-worker.js: "Could not find inner client for request"), or with "timeout" after half a minute. Without
// this the page would stay blank, and tiles without their pictures.

/** How often script and style sheet are asked for again, after .2 s, .4 s, .8 s …; then the element with the id {@link notLoadedId} is shown. */
const mostTries = 5;
/** The same for a picture; then the page is told, as of any picture that fails. */
const mostTriesOfPicture = 3;
export const notLoadedId = 'not-loaded';

/** Handles what fails after it: it stands before them, and hears of a picture before the page does. */
export const askAgainScript = `
const pictures = new WeakMap();
document.addEventListener('error', (event) => {
  const { target } = event;
  if (target instanceof HTMLImageElement) {
    const { src } = target;
    const known = pictures.get(target);
    const tries = known?.src === src ? known.tries : 0;
    pictures.set(target, { src, tries: tries + 1 });
    if (tries >= ${mostTriesOfPicture}) return;
    event.stopImmediatePropagation();
    // Not where it shows another one by then.
    setTimeout(() => target.src === src && (target.src = src), 200 * 2 ** tries);
    return;
  }
  if (!(target instanceof HTMLScriptElement || target instanceof HTMLLinkElement)) return;
  const tries = Number(target.dataset.tries ?? 0);
  if (tries === ${mostTries}) {
    const note = document.getElementById('${notLoadedId}');
    if (note) note.hidden = false;
    return;
  }
  // A copy of a script that was there would not run.
  const again = document.createElement(target.localName);
  for (const { name, value } of target.attributes) again.setAttribute(name, value);
  again.nonce = target.nonce;
  again.dataset.tries = String(tries + 1);
  setTimeout(() => target.replaceWith(again), 200 * 2 ** tries);
}, { capture: true });
`;
