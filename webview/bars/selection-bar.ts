// What can be done with the selected images; it is there while images are selected.
import * as l10n from '@vscode/l10n';
import { button, closeButton } from '../kit/controls';
import { h } from '../kit/dom';

export interface SelectionActions {
  /** Absent where labels cannot be changed. */
  move?: ((anchor: HTMLElement) => void) | undefined;
  newCluster?: (() => void) | undefined;
  /** Pins, or unpins where all are pinned. */
  pin?: (() => void) | undefined;
  similar?: (() => void) | undefined;
  clear: () => void;
}

export class SelectionBar {
  readonly #text = h('span', { class: 'selection-count', role: 'status' });
  readonly #similar: HTMLElement | undefined;
  readonly #pin: HTMLElement | undefined;
  readonly element: HTMLElement;

  constructor({ move, newCluster, pin, similar, clear }: SelectionActions) {
    const moveButton: HTMLElement | undefined = move && button(l10n.t('Move to …'), () => move(moveButton!));
    this.#pin = pin && button(l10n.t('Pin'), pin, 'secondary');
    this.#similar = similar && button(l10n.t('Find similar'), similar, 'secondary');
    this.element = h(
      'div',
      { class: 'selection-bar', role: 'toolbar', 'aria-label': l10n.t('Selected images'), hidden: true },
      this.#text,
      moveButton,
      newCluster && button(l10n.t('New cluster'), newCluster, 'secondary'),
      this.#pin,
      this.#similar,
      closeButton(l10n.t('Clear selection (Escape)'), clear),
    );
  }

  /** @param text how many are selected, in words. @param canFindSimilar whether there are distances to other images */
  update(selected: number, text: string, allPinned: boolean, canFindSimilar: boolean): void {
    this.element.hidden = selected < 1;
    this.#text.textContent = text;
    if (this.#pin) this.#pin.textContent = allPinned ? l10n.t('Unpin') : l10n.t('Pin');
    if (this.#similar) this.#similar.hidden = selected !== 1 || !canFindSimilar;
  }
}
