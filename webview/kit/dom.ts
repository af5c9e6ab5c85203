// The smallest helpers for making elements without a framework and without HTML in strings.

export type Child = Node | string | null | undefined;
export type Attributes = Record<string, string | number | boolean | undefined>;

/** Makes an element. Attributes that are false or undefined are left out; true ones are empty. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

/** Sets attributes, as {@link h} does; those that are false or undefined are removed. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Appends children, leaving out those that are null or undefined. */
export function append(element: Element, children: Child[]): void {
  element.append(...children.filter((child) => child !== null && child !== undefined));
}

/** Makes `children` the children of `parent`, moving only those that are not in their place: the others keep focus and scroll. */
export function placeChildren(parent: Element, children: readonly Element[]): void {
  const wanted = new Set<Node>(children);
  for (const node of [...parent.childNodes]) if (!wanted.has(node)) node.remove();
  for (const [i, child] of children.entries()) {
    const there = parent.childNodes[i] ?? null;
    if (there !== child) parent.insertBefore(child, there);
  }
}

/**
 * Gives an element the focus, once the page has it: taking it for the page would take it from another one that the person works in, such as a
 * second gallery beside this one. For what is done because something changed, not because the person did something here.
 * @param find the element, when it is time; none where the focus is to stay
 */
export function focusOnceHere(find: () => HTMLElement | undefined): void {
  const give = () => find()?.focus({ preventScroll: true });
  if (document.hasFocus()) return give();
  // A press of the mouse, which brings the page the focus, has not given it to an element yet, and will.
  window.addEventListener('focus', () => document.activeElement === document.body && give(), { once: true });
}

/** Puts an element over a part of its container: all in parts of its width and height. */
export function placeOver(
  { style }: HTMLElement,
  { left, top, width, height }: Record<'left' | 'top' | 'width' | 'height', number>,
): void {
  style.left = `${left * 100}%`;
  style.top = `${top * 100}%`;
  style.width = `${width * 100}%`;
  style.height = `${height * 100}%`;
}

/** Stroked outlines on a 16×16 field. */
const icons = {
  pencil: 'M11.3 2.2 13.8 4.7 5.2 13.3 2.2 13.8 2.7 10.8Z M9.6 3.9 12.1 6.4',
  warning: 'M8 2.2 14.4 13.5H1.6Z M8 6.3V9.8 M8 11.3V12',
  close: 'M4 4 12 12 M12 4 4 12',
  star: 'M8 2.3 9.7 6 13.8 6.4 10.7 9.1 11.6 13.1 8 11 4.4 13.1 5.3 9.1 2.2 6.4 6.3 6Z',
  outlier: 'M8 2.5a5.5 5.5 0 1 0 .01 0Z M8 5v4 M8 10.6v.7',
  pin: 'M9.5 2 14 6.5 11 7.5 8.5 10 8 12.5 3.5 8 6 7.5 8.5 5Z M5.7 10.3 2.5 13.5',
  chevron: 'M6 3.5 10.5 8 6 12.5',
  more: 'M3 8h.5 M7.75 8h.5 M12.5 8h.5',
  search: 'M7 2.5a4.5 4.5 0 1 0 .01 0Z M10.3 10.3 14 14',
  previous: 'M10 3.5 5.5 8 10 12.5',
  new: 'M8 3v10 M3 8h10',
  follow: 'M2.5 8h8 M7 4.5 10.5 8 7 11.5 M13.5 3v10',
  region: 'M2.5 5.5v-3h3 M10.5 2.5h3v3 M13.5 10.5v3h-3 M5.5 13.5h-3v-3',
  next: 'M6 3.5 10.5 8 6 12.5',
} as const;

/** Makes an SVG element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes,
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

/** An icon in the colour of the text; it has no name of its own for screen readers. */
export function icon(name: keyof typeof icons): SVGElement {
  const attributes = { viewBox: '0 0 16 16', class: `icon icon-${name}`, 'aria-hidden': 'true' };
  return svg('svg', attributes, svg('path', { d: icons[name] }));
}
