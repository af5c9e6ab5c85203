// The mark of a cluster: a disc in its colour; from the ninth colour on a square, so that colours that look alike to some differ in shape.
import { isLateColor } from '../../worker/labels/view';
import { h } from './dom';

/** @param color #rrggbb; none where it is set by what is around it */
export function clusterDot(color?: string): HTMLElement {
  const dot = h('span', { class: 'cluster-dot', 'aria-hidden': 'true' });
  if (color !== undefined) paintDot(dot, color);
  return dot;
}

/** Gives a mark another colour. */
export function paintDot(dot: HTMLElement, color: string): void {
  dot.style.setProperty('--cluster-color', color);
  dot.classList.toggle('late', isLateColor(color));
}
