// Drawing the map: images as points of their colours, and the line that a person draws around some.
import { isLateColor } from '../../worker/labels/view';
import type { Point } from '../kit/pan-zoom';

const pointRadius = 3;
/** Above this, images are drawn as small squares, which is several times as fast. */
const manyPoints = 5000;

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
  context.strokeStyle = getComputedStyle(canvas).color;
  drawThose(false, context, canvas, points);
  drawThose(true, context, canvas, points);
}

function drawThose(
  areSelected: boolean,
  context: CanvasRenderingContext2D,
  { clientWidth: width, clientHeight: height }: HTMLCanvasElement,
  { places, colorOf, isSelected, hasSelection }: MapPoints,
): void {
  const count = places.length / 2;
  const isMany = count > manyPoints;
  const radius = isMany ? pointRadius * 0.6 : pointRadius;
  const size = areSelected ? radius + 1.5 : radius;
  context.globalAlpha = hasSelection && !areSelected ? 0.25 : 0.9;
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
    if (isMany || isLateColor(color)) path.rect(x - size, y - size, 2 * size, 2 * size);
    else {
      path.moveTo(x + size, y);
      path.arc(x, y, size, 0, 2 * Math.PI);
    }
  }
  for (const [color, path] of paths) {
    context.fillStyle = color;
    context.fill(path);
    if (areSelected && !isMany) context.stroke(path);
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
