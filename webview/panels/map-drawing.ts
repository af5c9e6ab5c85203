// Drawing the map: images as points of their colours, and the line that a person draws around some.
import { isLateColor } from '../../worker/labels/view';
import type { Point } from '../kit/pan-zoom';

const pointRadius = 3;
/** Above this, images are small squares that are written into the picture pixel by pixel, which is tens of times as fast. */
const manyPoints = 5000;
const smallRadius = pointRadius * 0.6;
/** Of selected points beyond the others, in CSS pixels. */
const selectedMargin = 1.5;
/** How opaque points are, 0 to 1: usually, and those that are not selected where others are. */
const opacity = { usual: 0.9, pale: 0.25 };

export interface MapPoints {
  /** (points, 2) in CSS pixels of the canvas. */
  places: Float32Array;
  colorOf: (point: number) => string;
  isSelected: (point: number) => boolean;
  hasSelection: boolean;
}

/** The context of a canvas that is as large as `like`, empty, in CSS pixels. */
export function clearCanvas(canvas: HTMLCanvasElement, { clientWidth, clientHeight }: HTMLElement) {
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(clientWidth * ratio);
  canvas.height = Math.round(clientHeight * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  return context;
}

/** Selected points lie over the others, which are pale then. */
export function drawPoints(canvas: HTMLCanvasElement, points: MapPoints): void {
  const context = clearCanvas(canvas, canvas);
  if (points.places.length / 2 > manyPoints) {
    drawMany(context, points);
    return;
  }
  context.strokeStyle = getComputedStyle(canvas).color;
  drawThose(false, context, canvas, points);
  drawThose(true, context, canvas, points);
}

function drawMany(context: CanvasRenderingContext2D, { places, colorOf, isSelected, hasSelection }: MapPoints): void {
  const { width, height } = context.canvas;
  if (width === 0 || height === 0) return;
  const ratio = window.devicePixelRatio;
  const count = places.length / 2;
  const colors = Array.from({ length: count }, (_, point) => colorOf(point));
  const selected = Uint8Array.from({ length: count }, (_, point) => Number(isSelected(point)));
  const picture = context.createImageData(width, height);
  const pixels = new Uint32Array(picture.data.buffer);
  const draw = (areSelected: boolean) => {
    const pixelOf = pixelsOf(new Set(colors), hasSelection && !areSelected ? opacity.pale : opacity.usual);
    const side = Math.max(1, Math.round(2 * (areSelected ? smallRadius + selectedMargin : smallRadius) * ratio));
    for (let point = 0; point < count; point++) {
      if (selected[point] !== Number(areSelected)) continue;
      const left = Math.round(places[2 * point]! * ratio - side / 2);
      const top = Math.round(places[2 * point + 1]! * ratio - side / 2);
      const [from, to] = [Math.max(0, left), Math.min(width, left + side)];
      if (from >= to) continue;
      const pixel = pixelOf.get(colors[point]!)!;
      const bottom = Math.min(height, top + side);
      for (let y = Math.max(0, top); y < bottom; y++)
        for (let at = y * width + from; at < y * width + to; at++) pixels[at] = pixel;
    }
  };
  draw(false);
  if (hasSelection) draw(true);
  context.putImageData(picture, 0, 0);
}

/** The pixels of CSS colours, as the browser has them in an image. @param alpha 0 to 1 */
function pixelsOf(colors: ReadonlySet<string>, alpha: number): Map<string, number> {
  const swatches = document.createElement('canvas');
  swatches.width = Math.max(1, colors.size);
  swatches.height = 1;
  const context = swatches.getContext('2d', { willReadFrequently: true })!;
  for (const [at, color] of [...colors].entries()) {
    context.fillStyle = color;
    context.fillRect(at, 0, 1, 1);
  }
  const { data } = context.getImageData(0, 0, swatches.width, 1);
  for (let at = 3; at < data.length; at += 4) data[at] = Math.round(255 * alpha);
  const pixels = new Uint32Array(data.buffer);
  return new Map([...colors].map((color, at) => [color, pixels[at]!]));
}

function drawThose(
  areSelected: boolean,
  context: CanvasRenderingContext2D,
  { clientWidth: width, clientHeight: height }: HTMLCanvasElement,
  { places, colorOf, isSelected, hasSelection }: MapPoints,
): void {
  const count = places.length / 2;
  const size = areSelected ? pointRadius + selectedMargin : pointRadius;
  context.globalAlpha = hasSelection && !areSelected ? opacity.pale : opacity.usual;
  // One path a colour.
  const paths = new Map<string, Path2D>();
  for (let point = 0; point < count; point++) {
    if (isSelected(point) !== areSelected) continue;
    const [x, y] = [places[2 * point]!, places[2 * point + 1]!];
    if (x < -size || y < -size || x > width + size || y > height + size) continue;
    const color = colorOf(point);
    const path = paths.get(color) ?? new Path2D();
    paths.set(color, path);
    // As the marks of the clusters are.
    if (isLateColor(color)) path.rect(x - size, y - size, 2 * size, 2 * size);
    else {
      path.moveTo(x + size, y);
      path.arc(x, y, size, 0, 2 * Math.PI);
    }
  }
  for (const [color, path] of paths) {
    context.fillStyle = color;
    context.fill(path);
    if (areSelected) context.stroke(path);
  }
}

/** Draws a closed dashed line in the colour of the text of `like`, which says how large the canvas is, too. */
export function drawOutline(canvas: HTMLCanvasElement, like: HTMLElement, corners: readonly Point[]): void {
  const context = clearCanvas(canvas, like);
  if (corners.length < 2) return;
  context.strokeStyle = getComputedStyle(like).color;
  context.setLineDash([4, 3]);
  context.beginPath();
  for (const { x, y } of corners) context.lineTo(x, y);
  context.closePath();
  context.stroke();
}
