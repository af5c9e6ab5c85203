// What the page says: errors in a quiet bar that stays until it is closed; what an edit did, for a moment; and small news for screen
// readers only.
import * as l10n from '@vscode/l10n';
import { EngineError } from '../../worker/api/errors';
import { closeButton } from './controls';
import { h, icon } from './dom';

const millisecondsOfNote = 4000;
const undoKey = /^mac/i.test(navigator.platform) ? '⌘Z' : 'Ctrl+Z';

export class Messages {
  readonly #news = h('div', { class: 'visually-hidden', role: 'status' });
  readonly #done = h('div', { class: 'done-note', 'aria-hidden': 'true', hidden: true });
  #hiding: number | undefined;
  readonly #text = h('span', { class: 'message-text' });
  readonly #bar = h(
    'div',
    { class: 'message-bar', hidden: true },
    icon('warning'),
    this.#text,
    closeButton(l10n.t('Close message'), () => this.clear()),
  );
  /** The alert is in the page before its text, so that screen readers notice the text. */
  readonly element = h('div', { class: 'messages' }, this.#news, this.#done, h('div', { role: 'alert' }, this.#bar));

  /** Says something to screen readers only. */
  announce(text: string): void {
    this.#news.textContent = text;
  }

  /** Says what an edit did, also where its images are out of sight now. */
  tellDone(text: string): void {
    this.announce(text);
    this.#done.textContent = l10n.t('{0}. {1} undoes it.', text, undoKey);
    this.#done.hidden = false;
    window.clearTimeout(this.#hiding);
    this.#hiding = window.setTimeout(() => (this.#done.hidden = true), millisecondsOfNote);
  }

  /** What was done is so no longer, or not the last thing. */
  forgetDone(): void {
    this.#done.hidden = true;
  }

  /** Shows an error's message until it is closed. What the person cancelled themselves is no news. */
  showError(error: unknown): void {
    if (error instanceof EngineError && error.code === 'cancelled') return;
    this.#text.textContent = error instanceof Error ? error.message : String(error);
    this.#bar.hidden = false;
  }

  /** Closes the bar. */
  clear(): void {
    this.#bar.hidden = true;
    this.#text.textContent = '';
  }

  /** Waits for something the person asked for; when it fails, they read why. */
  async watch(action: Promise<unknown> | undefined): Promise<boolean> {
    try {
      await action;
      return true;
    } catch (error) {
      this.showError(error);
      return false;
    }
  }
}
