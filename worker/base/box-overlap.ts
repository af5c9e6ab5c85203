// How far two boxes are the same.

/** Left, top, width and height, in any unit that is the same for both. */
type Box = readonly number[];

/** Intersection over union: 0 for boxes that share nothing, 1 for the same ones. */
export function boxOverlap(a: Box, b: Box): number {
  const [left, top, width, height] = a as [number, number, number, number];
  const [otherLeft, otherTop, otherWidth, otherHeight] = b as [number, number, number, number];
  const across = Math.min(left + width, otherLeft + otherWidth) - Math.max(left, otherLeft);
  const down = Math.min(top + height, otherTop + otherHeight) - Math.max(top, otherTop);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / (width * height + otherWidth * otherHeight - across * down);
}
