// What clicks and keys on the tiles of all clusters do: picking images, opening one, and moving on to the next.
import { isControl } from '../kit/keys';
import { move, type Position } from './grid-navigation';

/** How a person picks images. */
export type Pick = 'only' | 'toggle' | 'range' | 'addRange';

export interface ListGestures {
  pick: (path: string, how: Pick) => void;
  pickAll: (paths: readonly string[], how: 'only' | 'add') => void;
  open: (path: string) => void;
  /** What can be done with the selected images, at a place in the window. */
  imageMenu?: ((place: { x: number; y: number }) => void) | undefined;
}

/** What the gestures need to know of the list. */
export interface TileList {
  readonly element: HTMLElement;
  /** Paths of all images, in the order in which they are shown; those that a row has no room for after it. */
  readonly order: readonly string[];
  columnsOf(section: number): number;
  /** Paths of all images of a section. */
  pathsOf(section: number): string[];
  /** Paths of those of them that are placed. */
  placedOf(section: number): string[];
  /** Number of images that are placed in each section. */
  sizes(): number[];
  positionOf(path: string | undefined): Position | undefined;
  isSelected(path: string): boolean;
  /** Makes an image the one that the Tab key reaches. */
  setCurrent(path: string | undefined): void;
  /** Brings an image into view and gives it the focus. */
  reveal(path: string): void;
}

/** Path of the image whose tile an event is about. */
export function pathOf(target: EventTarget | null): string | undefined {
  const tile = target instanceof Element ? target.closest<HTMLElement>('.tile') : null;
  return tile?.dataset['path'];
}

/** Serves clicks and keys on the tiles. */
export function listenToTiles(list: TileList, gestures: ListGestures): void {
  const { element } = list;
  element.addEventListener('keydown', (event) => onKey(event, list, gestures));
  element.addEventListener('focusin', ({ target }) => list.setCurrent(pathOf(target)));
  element.addEventListener('click', (event) => onClick(event, gestures));
  element.addEventListener('dblclick', ({ target }) => {
    const path = pathOf(target);
    if (path !== undefined) gestures.open(path);
  });
  element.addEventListener('contextmenu', (event) => onContextMenu(event, list, gestures));
}

function onClick(event: MouseEvent, { pick }: ListGestures): void {
  const path = pathOf(event.target);
  if (path === undefined) return;
  const adds = isControl(event);
  pick(path, event.shiftKey ? (adds ? 'addRange' : 'range') : adds ? 'toggle' : 'only');
}

function onContextMenu(event: MouseEvent, list: TileList, { pick, imageMenu }: ListGestures): void {
  const path = pathOf(event.target);
  if (path === undefined || !imageMenu) return;
  event.preventDefault();
  if (!list.isSelected(path)) pick(path, 'only');
  list.setCurrent(path);
  const isKeyboard = event.clientX === 0 && event.clientY === 0;
  if (!isKeyboard) return imageMenu({ x: event.clientX, y: event.clientY });
  const { left, top } = (event.target as Element).closest('.tile')!.getBoundingClientRect();
  imageMenu({ x: left + 16, y: top + 16 });
}

function onKey(event: KeyboardEvent, list: TileList, gestures: ListGestures): void {
  const path = pathOf(event.target);
  const from = list.positionOf(path);
  if (path === undefined || !from) return;
  if (onActionKey(event, path, from, list, gestures)) {
    event.preventDefault();
    // VS Code would select all text of the page.
    event.stopPropagation();
    return;
  }
  if (event.altKey) return;
  const to = move(list.sizes(), from, event, (section) => list.columnsOf(section));
  if (!to) return;
  event.preventDefault();
  const target = list.placedOf(to.section)[to.index]!;
  gestures.pick(target, event.shiftKey ? 'range' : 'only');
  list.reveal(target);
}

/** @returns whether the key was meant for it */
function onActionKey(
  event: KeyboardEvent,
  path: string,
  { section }: Position,
  list: TileList,
  { open, pick, pickAll }: ListGestures,
): boolean {
  switch (event.key) {
    case 'Enter':
      open(path);
      return true;
    case ' ':
      pick(path, event.shiftKey ? 'range' : 'toggle');
      return true;
    case 'a':
    case 'A':
      if (!isControl(event)) return false;
      pickAll(event.shiftKey ? list.order : list.pathsOf(section), 'only');
      return true;
    default:
      return false;
  }
}
