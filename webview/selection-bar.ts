// What can be done with the selected images; it is there while images are selected.
import { button, closeButton } from './controls';
import { h } from './dom';
import { count } from './format';

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
    const moveButton: HTMLElement | undefined = move && button('Move to …', () => move(moveButton!));
    this.#pin = pin && button('Pin', pin, 'secondary');
    this.#similar = similar && button('Find similar', similar, 'secondary');
    this.element = h(
      'div',
      { class: 'selection-bar', role: 'toolbar', 'aria-label': 'Selected images', hidden: true },
      this.#text,
      moveButton,
      newCluster && button('New cluster', newCluster, 'secondary'),
      this.#pin,
      this.#similar,
      closeButton('Clear selection (Escape)', clear),
    );
  }

  update(selected: number, allPinned: boolean, canFindSimilar: boolean): void {
    this.element.hidden = selected < 1;
    this.#text.textContent = `${count(selected, 'image')} selected`;
    if (this.#pin) this.#pin.textContent = allPinned ? 'Unpin' : 'Pin';
    if (this.#similar) this.#similar.hidden = selected !== 1 || !canFindSimilar;
  }
}
