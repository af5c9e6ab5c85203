// The area over the large image: what does not count is hatched, and its parts are outlined.
import type { AreaPoint } from '../../worker/area/document';
import { svg } from '../kit/dom';
import type { AreaDraft } from './area-draft';

/** Of the hatching, in pixels of the screen. */
const spacing = 9;

export class AreaOverlay {
  readonly #pattern = svg(
    'pattern',
    { id: 'area-hatching', patternUnits: 'userSpaceOnUse', width: spacing, height: spacing },
    svg('rect', { class: 'area-shade', width: spacing, height: spacing }),
    svg('rect', { class: 'area-line', width: 1.6, height: spacing }),
  );
  readonly #mask = svg('mask', { id: 'area-mask', maskUnits: 'userSpaceOnUse', x: 0, y: 0, width: 1, height: 1 });
  readonly #outlines = svg('path', { class: 'area-outline' });
  readonly #draft = svg('path', { class: 'area-draft' });
  readonly #corners = svg('path', { class: 'area-corners' });
  readonly element = svg(
    'svg',
    { class: 'zoom-area', viewBox: '0 0 1 1', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('defs', {}, this.#pattern, this.#mask),
    svg('rect', { width: 1, height: 1, fill: 'url(#area-hatching)', mask: 'url(#area-mask)' }),
    this.#outlines,
    this.#draft,
    this.#corners,
  );

  constructor() {
    // The hatching stays as wide as it is, however large the image is shown.
    new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      if (width > 0 && height > 0)
        this.#pattern.setAttribute('patternTransform', `scale(${1 / width} ${1 / height}) rotate(45)`);
    }).observe(this.element);
  }

  /**
   * @param draft undefined: all of the image counts
   * @param next where the next corner would be
   */
  draw(draft: AreaDraft | undefined, next?: AreaPoint): void {
    const { mode = 'ignore', polygons = [], corners = [] } = draft ?? {};
    this.element.classList.toggle('empty', polygons.length === 0 && corners.length === 0);
    const [whole, parts] = mode === 'look' ? ['#fff', '#000'] : ['#000', '#fff'];
    this.#mask.replaceChildren(
      svg('rect', { width: 1, height: 1, fill: polygons.length === 0 ? '#000' : whole }),
      ...polygons.map((polygon) => svg('path', { d: `${lineThrough(polygon)}Z`, fill: parts, 'fill-rule': 'evenodd' })),
    );
    this.#outlines.setAttribute('d', polygons.map((polygon) => `${lineThrough(polygon)}Z`).join(''));
    this.#draft.setAttribute('d', corners.length === 0 ? '' : lineThrough(next ? [...corners, next] : corners));
    this.#corners.setAttribute('d', corners.map(([x, y]) => `M${x} ${y}h0`).join(''));
  }
}

function lineThrough(points: readonly AreaPoint[]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}
