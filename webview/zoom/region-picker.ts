// A frame on the large image: drawn with the pointer or moved by keys, then searched for in all images.
import * as l10n from '@vscode/l10n';
import { button, progress } from '../kit/controls';
import { h, placeOver } from '../kit/dom';
import { language } from '../kit/l10n';
import { within } from '../model/patch';
import type { Region } from '../../worker/api/requests';
import type { PatchGrid } from '../../worker/api/analysis';
/** Smaller frames are slips of the hand, in parts of the image. */
const smallest = 0.01;

export interface RegionActions {
  /** Settles when the search is over; rejects with what to tell. */
  search: (region: Region) => Promise<void>;
  cancel: () => void;
  onError: (error: unknown) => void;
  /** The frame came or went. */
  changed: () => void;
}

export class RegionPicker {
  /** Lies over the image. */
  readonly frame = h('div', {
    class: 'zoom-region',
    tabindex: 0,
    role: 'application',
    'aria-label': l10n.t(
      'Frame. Arrows move it, Shift and arrows resize it, Enter finds similar places, Escape leaves it.',
    ),
    hidden: true,
  });
  /** What to do with it. */
  readonly bar = h('div', { class: 'zoom-region-bar', hidden: true });
  #region: Region = { left: 0, top: 0, width: 1, height: 1 };
  #step = { x: 0.05, y: 0.05 };
  readonly #count = h('span', { class: 'zoom-facts' });
  #isSearching = false;

  constructor(readonly actions: RegionActions) {
    this.frame.addEventListener('keydown', (event) => this.#onKey(event));
  }

  get isActive(): boolean {
    return !this.frame.hidden;
  }

  /** Shows the frame over a region. One press of an arrow key moves it by one patch. */
  start(region: Region, { stride, inputWidth, inputHeight }: PatchGrid): void {
    this.#step = { x: stride / inputWidth, y: stride / inputHeight };
    this.frame.hidden = this.bar.hidden = false;
    this.#place(region);
    this.#showHint();
    this.frame.focus();
    this.actions.changed();
  }

  /** Takes the frame away, and ends the search that runs. */
  stop(): void {
    if (!this.isActive) return;
    if (this.#isSearching) this.actions.cancel();
    this.frame.hidden = this.bar.hidden = true;
    this.actions.changed();
  }

  /** Draws from one place to another, both in parts of the image. */
  draw(from: { x: number; y: number }, to: { x: number; y: number }): void {
    const clamp = (value: number) => Math.min(Math.max(value, 0), 1);
    const [left, right] = [clamp(Math.min(from.x, to.x)), clamp(Math.max(from.x, to.x))];
    const [top, bottom] = [clamp(Math.min(from.y, to.y)), clamp(Math.max(from.y, to.y))];
    if (right - left < smallest && bottom - top < smallest) return;
    this.#place({ left, top, width: right - left, height: bottom - top });
  }

  #place(region: Region): void {
    this.#region = region;
    placeOver(this.frame, region);
  }

  #onKey(event: KeyboardEvent): void {
    const { x, y } = this.#step;
    const { left, top, width, height } = this.#region;
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [-x, 0],
      ArrowRight: [x, 0],
      ArrowUp: [0, -y],
      ArrowDown: [0, y],
    };
    const step = steps[event.key];
    if (step) {
      const [dx, dy] = step;
      const resized = { left, top, width: Math.max(width + dx, x), height: Math.max(height + dy, y) };
      this.#place(within(event.shiftKey ? resized : { left: left + dx, top: top + dy, width, height }));
    } else if (event.key === 'Enter') void this.#search();
    else if (event.key === 'Escape') this.stop();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** How far the search is. */
  showProgress(done: number, total: number): void {
    this.#count.textContent = l10n.t('{0} of {1}', done.toLocaleString(language), total.toLocaleString(language));
  }

  #showHint(): void {
    this.bar.replaceChildren(
      h('span', {}, l10n.t('Draw around a place, or move the frame with the arrow keys.')),
      button(l10n.t('Find similar places'), () => void this.#search()),
    );
  }

  async #search(): Promise<void> {
    if (this.#isSearching) return;
    this.#isSearching = true;
    this.bar.replaceChildren(
      progress(l10n.t('Looking through all images …')),
      this.#count,
      button(l10n.t('Cancel'), () => this.stop(), 'secondary'),
    );
    this.#count.textContent = '';
    try {
      await this.actions.search(this.#region);
      this.#isSearching = false;
      this.stop();
    } catch (error) {
      // Nobody waits for a search that was left.
      if (this.isActive) this.actions.onError(error);
    } finally {
      this.#isSearching = false;
      this.#showHint();
    }
  }
}
