// "Area to Ignore": drawing, on the large image, which part of every image counts; with the pointer or by keys.
import * as l10n from '@vscode/l10n';
import { button, checkbox } from '../kit/controls';
import { h } from '../kit/dom';
import { percent } from '../kit/format';
import type { Point } from '../kit/pan-zoom';
import type { AreaShape } from '../source/protocol';
import {
  addCorner,
  addRectangle,
  closePart,
  countedShare,
  rectangle,
  removeLast,
  startDraft,
  type AreaDraft,
} from './area-draft';
import { AreaOverlay } from './area-overlay';

/** One press of an arrow key, in parts of the image; with Shift a fifth of it. */
const step = 0.05;

export interface AreaActions {
  /** Resolves when it is written; undefined: all of each image counts. */
  save: (area: AreaShape | undefined) => Promise<unknown>;
  onError: (error: unknown) => void;
  /** Drawing began or ended. */
  changed: () => void;
}

export class AreaEditor {
  readonly #overlay = new AreaOverlay();
  /** Where the keys put the next corner. */
  readonly #cursor = h('div', {
    class: 'zoom-area-cursor',
    tabindex: 0,
    role: 'application',
    'aria-label': l10n.t(
      'Corner. Arrows move it, with Shift a little; Space puts it there, Enter closes the part, Backspace takes the last one away, Escape leaves.',
    ),
    hidden: true,
  });
  readonly #says = h('span', { class: 'zoom-facts', role: 'status' });
  readonly #look = checkbox(l10n.t('Look only here'), false, (checked) =>
    this.#set({ ...this.#draft, mode: checked ? 'look' : 'ignore' }),
  );
  readonly #removeLast = button(l10n.t('Remove last'), () => this.#set(removeLast(this.#draft)), 'secondary');
  readonly #save = button(l10n.t('Save'), () => void this.#write(this.#draft));
  readonly #remove = button(l10n.t('Remove area'), () => void this.#write(undefined), 'secondary');
  /** What to do with it. */
  readonly bar = h(
    'div',
    { class: 'zoom-region-bar zoom-area-bar', hidden: true },
    h('span', {}, l10n.t('Drag a rectangle, or click corners; a double click closes.')),
    this.#says,
    this.#look,
    this.#removeLast,
    this.#save,
    this.#remove,
    button(l10n.t('Cancel'), () => this.stop(), 'secondary'),
  );
  #saved: AreaShape | undefined;
  #draft: AreaDraft = startDraft(undefined);
  #at: Point = { x: 0.5, y: 0.5 };

  constructor(readonly actions: AreaActions) {
    this.#cursor.addEventListener('keydown', (event) => this.#onKey(event));
    // From any of its controls, Escape leaves the drawing and not the image.
    this.bar.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      this.stop();
    });
  }

  /** Lie over the image. */
  get layers(): readonly Element[] {
    return [this.#overlay.element, this.#cursor];
  }

  get isActive(): boolean {
    return !this.bar.hidden;
  }

  /** The area as it is in its file; what is being drawn stays. */
  show(saved: AreaShape | undefined): void {
    this.#saved = saved;
    if (this.isActive) this.#draw();
    else this.#set(startDraft(saved));
  }

  /** Goes on from the saved area. */
  start(): void {
    this.bar.hidden = this.#cursor.hidden = false;
    this.#moveCursor({ x: 0.5, y: 0.5 });
    this.#look.checked = this.#saved?.mode === 'look';
    this.#set(startDraft(this.#saved));
    this.#cursor.focus();
    this.actions.changed();
  }

  /** What was drawn and not saved is gone. */
  stop(): void {
    if (!this.isActive) return;
    this.bar.hidden = this.#cursor.hidden = true;
    this.#set(startDraft(this.#saved));
    this.actions.changed();
  }

  /** The pointer was pressed and released at one place. */
  tap(at: Point): void {
    this.#moveCursor(at);
    this.#set(addCorner(this.#draft, at));
    this.#cursor.focus();
  }

  /** A rectangle while it is dragged. */
  preview(from: Point, to: Point): void {
    const part = rectangle(from, to);
    this.#overlay.draw(part ? { ...this.#draft, polygons: [...this.#draft.polygons, part] } : this.#draft);
  }

  /** A rectangle that was dragged. */
  drawn(from: Point, to: Point): void {
    this.#moveCursor(to);
    this.#set(addRectangle(this.#draft, from, to));
    this.#cursor.focus();
  }

  /** The pointer is there. */
  hover({ x, y }: Point): void {
    if (this.isActive && this.#draft.corners.length > 0) this.#overlay.draw(this.#draft, [x, y]);
  }

  #set(draft: AreaDraft): void {
    this.#draft = draft;
    this.#draw();
  }

  #draw(): void {
    const { polygons, corners } = this.#draft;
    this.#overlay.draw(this.#draft);
    this.#removeLast.disabled = polygons.length === 0 && corners.length === 0;
    this.#save.disabled = corners.length > 0 || polygons.length === 0;
    this.#remove.hidden = this.#saved === undefined;
    this.#says.textContent = this.isActive ? wordsOf(this.#draft) : '';
  }

  #moveCursor({ x, y }: Point): void {
    const clamp = (value: number) => Math.min(Math.max(value, 0), 1);
    this.#at = { x: clamp(x), y: clamp(y) };
    this.#cursor.style.left = `${this.#at.x * 100}%`;
    this.#cursor.style.top = `${this.#at.y * 100}%`;
  }

  #onKey(event: KeyboardEvent): void {
    const by = event.shiftKey ? step / 5 : step;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, -by],
      ArrowDown: [0, by],
    };
    const move = moves[event.key];
    if (move) {
      this.#moveCursor({ x: this.#at.x + move[0], y: this.#at.y + move[1] });
      this.hover(this.#at);
    } else if (event.key === ' ') this.#set(addCorner(this.#draft, this.#at));
    else if (event.key === 'Enter') this.#set(closePart(this.#draft));
    else if (event.key === 'Backspace') this.#set(removeLast(this.#draft));
    else if (event.key === 'Escape') {
      // First what was begun, then the drawing.
      if (this.#draft.corners.length > 0) this.#set({ ...this.#draft, corners: [] });
      else this.stop();
    } else if (event.key !== 'Tab' && !event.ctrlKey && !event.metaKey) {
      // Other keys of the large view would go to another image.
      event.stopPropagation();
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #write(area: AreaShape | undefined): Promise<void> {
    try {
      const shape = area && { mode: area.mode, polygons: area.polygons };
      await this.actions.save(shape);
      this.#saved = shape;
      this.stop();
    } catch (error) {
      this.actions.onError(error);
    }
  }
}

/** How far the drawing is. */
function wordsOf(draft: AreaDraft): string {
  const corners = draft.corners.length;
  if (corners === 1) return l10n.t('1 corner; close the part to save it.');
  if (corners > 1) return l10n.t('{0} corners; close the part to save it.', corners);
  return draft.polygons.length === 0 ? '' : l10n.t('{0} of each image counts.', percent(countedShare(draft)));
}
