// A menu that opens at a place of the page: arrow keys, Home and End, first letters, Enter, Escape; and it goes when it loses the focus.
import { h } from './dom';

export interface MenuItem {
  label: string;
  /** What the same does on the keyboard. */
  keys?: string | undefined;
  /** A disc before the label: #rrggbb. */
  color?: string | undefined;
  /** A line above it. */
  startsGroup?: boolean;
  isChecked?: boolean;
  run: () => void;
}

let close: () => void = () => undefined;

/** @param place in the window; the menu keeps within it */
export function openMenu(label: string, items: readonly MenuItem[], place: { x: number; y: number }): void {
  close();
  const before = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
  const menu = h('div', { class: 'menu', role: 'menu', 'aria-label': label });
  const buttons = items.map((item) => {
    const isChoice = item.isChecked !== undefined;
    const dot = item.color === undefined ? null : h('span', { class: 'cluster-dot', 'aria-hidden': 'true' });
    if (dot && item.color !== undefined) dot.style.setProperty('--cluster-color', item.color);
    const button = h(
      'button',
      {
        class: `menu-item${item.startsGroup ? ' starts-group' : ''}`,
        type: 'button',
        role: isChoice ? 'menuitemradio' : 'menuitem',
        'aria-checked': isChoice ? String(item.isChecked) : undefined,
        tabindex: -1,
      },
      dot,
      h('span', { class: 'menu-label' }, item.label),
      item.keys === undefined ? null : h('kbd', {}, item.keys),
    );
    button.addEventListener('click', () => {
      finish(true);
      item.run();
    });
    button.addEventListener('pointermove', () => button.focus({ preventScroll: true }));
    return button;
  });
  menu.append(...buttons);
  document.body.append(menu);
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(4, Math.min(place.x, window.innerWidth - width - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(place.y, window.innerHeight - height - 4))}px`;

  let isFinished = false;
  const finish = (givesFocusBack: boolean) => {
    // Taking the menu off the page takes its focus away, which asks for the same again.
    if (isFinished) return;
    isFinished = true;
    close = () => undefined;
    menu.remove();
    if (givesFocusBack) before?.focus({ preventScroll: true });
  };
  close = () => finish(false);
  const focus = (index: number) => buttons[(index + buttons.length) % buttons.length]?.focus({ preventScroll: false });
  menu.addEventListener('keydown', (event) => {
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') finish(true);
    else if (event.key === 'ArrowDown') focus(at + 1);
    else if (event.key === 'ArrowUp') focus(at - 1);
    else if (event.key === 'Home') focus(0);
    else if (event.key === 'End') focus(-1);
    else if (event.key.length === 1 && event.key !== ' ') {
      const letter = event.key.toLowerCase();
      const order = [...buttons.keys()].map((i) => (at + 1 + i) % buttons.length);
      const next = order.find((i) => items[i]!.label.toLowerCase().startsWith(letter));
      if (next !== undefined) focus(next);
    } else return;
    event.preventDefault();
  });
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && menu.contains(relatedTarget)) && document.hasFocus()) finish(false);
  });
  focus(0);
}

/** Where a menu belongs that opens from a button. */
export function below(element: HTMLElement): { x: number; y: number } {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom + 2 };
}
