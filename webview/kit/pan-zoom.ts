// Panning and zooming: where a surface shows its content, and how gestures change that. Pure.

/** In CSS pixels, or in whatever the caller measures in. */
export interface Point {
  x: number;
  y: number;
}

/** A point p of the content is drawn at p · scale + offset. */
export interface PanZoom {
  scale: number;
  offset: Point;
}

/** How small and how large the content may become. */
export interface ScaleLimits {
  least: number;
  most: number;
}

/** The content where it lies by itself. */
export const unmoved: PanZoom = { scale: 1, offset: { x: 0, y: 0 } };

/** Zooms by a factor, within limits. @param at stays where it is: on the surface, from the same origin as the offset */
export function zoomedAt({ scale, offset }: PanZoom, factor: number, at: Point, { least, most }: ScaleLimits): PanZoom {
  const next = Math.min(Math.max(scale * factor, least), most);
  const change = next / scale;
  return { scale: next, offset: { x: at.x - (at.x - offset.x) * change, y: at.y - (at.y - offset.y) * change } };
}

/** Moves the content along with a pointer that went from one point to another. */
export function panned({ scale, offset }: PanZoom, from: Point, to: Point): PanZoom {
  return { scale, offset: { x: offset.x + to.x - from.x, y: offset.y + to.y - from.y } };
}

/** The factor of a turn of the wheel, in its pixels: down makes smaller. Turning back undoes it. */
export function wheelFactor(deltaY: number): number {
  return Math.exp(-deltaY / 400);
}

/** The scale at which content just fits a surface; 1 while the content has no size yet. */
export function fittingScale(
  content: { width: number; height: number },
  surface: { width: number; height: number },
): number {
  return content.width > 0 ? Math.min(surface.width / content.width, surface.height / content.height) : 1;
}
