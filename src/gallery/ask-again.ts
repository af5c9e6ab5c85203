// The only script that stands in the gallery's HTML itself: where VS Code does not hand out the page's script or style sheet, they are
// asked for again. A busy browser's VS Code answers some requests of a page that has just come with "not found" or "timeout": its service
// worker does not know the page yet (microsoft/vscode, service-worker.js: "Could not find inner client for request"). Without this the
// page would stay blank.

/** How often each is asked for again, after .2 s, .4 s, .8 s …; then the element with the id {@link notLoadedId} is shown. */
const mostTries = 5;
export const notLoadedId = 'not-loaded';

/** Handles what fails after it: it stands before them. */
export const askAgainScript = `
document.addEventListener('error', ({ target }) => {
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
