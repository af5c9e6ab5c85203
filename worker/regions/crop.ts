// The part of an image that shows a region with some of what is around it. Pure.

/** Of the longer side of the region's box, on each side of it. */
const margin = 0.35;
/** Of the image's shorter side: smaller parts show nothing that a person recognises. */
const leastShare = 0.2;

export type Box = [left: number, top: number, width: number, height: number];

/** A square around a box, moved and cut to lie in the image; all in pixels. */
export function cropAround([left, top, width, height]: Box, image: { width: number; height: number }): Box {
  const shorter = Math.min(image.width, image.height);
  const wanted = Math.round(Math.max(Math.max(width, height) * (1 + 2 * margin), shorter * leastShare));
  const [w, h] = [Math.min(wanted, image.width), Math.min(wanted, image.height)];
  const start = (middle: number, side: number, most: number) =>
    Math.min(Math.max(Math.round(middle - side / 2), 0), most - side);
  return [start(left + width / 2, w, image.width), start(top + height / 2, h, image.height), w, h];
}
