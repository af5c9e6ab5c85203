// A menu that opens at a place of the page: arrow keys, Home and End, first letters, Enter, Escape; and it goes when it loses the focus.
import { clusterDot } from './cluster-dot';
import { h, icon } from './dom';

export interface MenuItem {
  label: string;
  /** What the same does on the keyboard. */
  keys?: string | undefined;
  /** A disc before the label: #rrggbb. */
  color?: string | undefined;
  /** Loads a picture before the label; undefined where there is none. */
  picture?: (() => Promise<string | undefined>) | undefined;
  /** A line above it. */
  startsGroup?: boolean;
  isChecked?: boolean;
  /** The menu that it leads to, in the place of this one; absent where it does something itself. */
  submenu?: { label: string; items: readonly MenuItem[] };
  run?: () => void;
}

/** Where a menu opens, in the window. */
export interface MenuPlace {
  x: number;
  y: number;
  /** Where its lower edge is to be when there is no room below. */
  above?: number;
}

let close: () => void = () => undefined;

/** The menu keeps within the window. */
export function openMenu(label: string, items: readonly MenuItem[], place: MenuPlace): void {
  close();
  const before = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
  const menu = h('div', { class: 'menu', role: 'menu', 'aria-label': label });
  const buttons = items.map((item) => {
    const isChoice = item.isChecked !== undefined;
    const dot = item.color === undefined ? null : clusterDot(item.color);
    const picture = item.picture && h('img', { class: 'menu-picture', alt: '' });
    if (picture) void showPicture(picture, item.picture!);
    const button = h(
      'button',
      {
        class: `menu-item${item.startsGroup ? ' starts-group' : ''}`,
        type: 'button',
        role: isChoice ? 'menuitemradio' : 'menuitem',
        'aria-checked': isChoice ? String(item.isChecked) : undefined,
        'aria-haspopup': item.submenu ? 'menu' : undefined,
        tabindex: -1,
      },
      picture,
      dot,
      h('span', { class: 'menu-label' }, item.label),
      item.keys === undefined ? null : h('kbd', {}, item.keys),
      item.submenu ? icon('chevron') : null,
    );
    button.addEventListener('click', () => choose(item));
    button.addEventListener('pointermove', () => button.focus({ preventScroll: true }));
    return button;
  });
  menu.append(...buttons);
  document.body.append(menu);
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(4, Math.min(place.x, window.innerWidth - width - 4))}px`;
  const hasRoom = place.y + height + 4 <= window.innerHeight;
  const top = hasRoom || place.above === undefined ? place.y : place.above - height;
  menu.style.top = `${Math.max(4, Math.min(top, window.innerHeight - height - 4))}px`;

  let isFinished = false;
  const finish = (givesFocusBack: boolean) => {
    // Taking the menu off the page takes its focus away, which asks for the same again.
    if (isFinished) return;
    isFinished = true;
    close = () => undefined;
    menu.remove();
    if (givesFocusBack) before?.focus({ preventScroll: true });
  };
  const choose = ({ submenu, run }: MenuItem) => {
    finish(true);
    if (submenu) openMenu(submenu.label, submenu.items, place);
    else run?.();
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
      // What an item does by a key of its own, it also does here.
      const own = items.find(({ keys }) => keys?.toLowerCase() === letter);
      const order = [...buttons.keys()].map((i) => (at + 1 + i) % buttons.length);
      const next = order.find((i) => items[i]!.label.toLowerCase().startsWith(letter));
      if (own) choose(own);
      else if (next !== undefined) focus(next);
    } else return;
    event.preventDefault();
  });
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && menu.contains(relatedTarget)) && document.hasFocus()) finish(false);
  });
  focus(0);
}

/** Where a menu belongs that opens from a button. */
export function below(element: HTMLElement): MenuPlace {
  const { left, bottom, top } = element.getBoundingClientRect();
  return { x: left, y: bottom + 2, above: top - 2 };
}

/** A menu is of use without it: what cannot be loaded is left out. */
async function showPicture(image: HTMLImageElement, load: () => Promise<string | undefined>): Promise<void> {
  const uri = await load().catch(() => undefined);
  if (uri !== undefined) image.src = uri;
}
