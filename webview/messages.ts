// What the page says: errors in a quiet bar that stays until it is closed, and small news for screen readers only.
import { closeButton } from './controls';
import { h, icon } from './dom';

export class Messages {
  readonly #news = h('div', { class: 'visually-hidden', role: 'status' });
  readonly #text = h('span', { class: 'message-text' });
  readonly #bar = h(
    'div',
    { class: 'message-bar', hidden: true },
    icon('warning'),
    this.#text,
    closeButton('Close message', () => this.clear()),
  );
  /** The alert is in the page before its text, so that screen readers notice the text. */
  readonly element = h('div', { class: 'messages' }, this.#news, h('div', { role: 'alert' }, this.#bar));

  announce(text: string): void {
    this.#news.textContent = text;
  }

  showError(error: unknown): void {
    this.#text.textContent = error instanceof Error ? error.message : String(error);
    this.#bar.hidden = false;
  }

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
