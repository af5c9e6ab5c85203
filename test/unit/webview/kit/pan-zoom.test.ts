// Panning and zooming, which the map and the large view share: what stays where it is, and how far it goes.
import assert from 'node:assert/strict';
import {
  fittingScale,
  panned,
  unmoved,
  wheelFactor,
  zoomedAt,
  type PanZoom,
  type Point,
} from '../../../../webview/kit/pan-zoom';
import { mapPlace } from '../../../../webview/panels/map-geometry';

const limits = { least: 1, most: 64 };
/** Where a point of the content is drawn, by the definition of a view. */
const drawn = ({ scale, offset }: PanZoom, { x, y }: Point) => ({ x: x * scale + offset.x, y: y * scale + offset.y });
const content = ({ scale, offset }: PanZoom, { x, y }: Point) => ({
  x: (x - offset.x) / scale,
  y: (y - offset.y) / scale,
});

function near(a: Point, b: Point): void {
  assert.ok(Math.hypot(a.x - b.x, a.y - b.y) < 1e-9, `${JSON.stringify(a)} is not ${JSON.stringify(b)}`);
}

describe('panning and zooming', () => {
  const view: PanZoom = { scale: 2, offset: { x: 30, y: -7 } };

  it('keeps what is under the pointer where it is', () => {
    const at = { x: 120, y: 45 };
    for (const factor of [1.25, 3, 0.7]) {
      const next = zoomedAt(view, factor, at, limits);
      assert.equal(next.scale, 2 * factor);
      near(drawn(next, content(view, at)), at);
    }
  });

  it('moves everything else away from the pointer when it zooms in', () => {
    const at = { x: 100, y: 100 };
    const next = zoomedAt(unmoved, 2, at, limits);
    near(drawn(next, { x: 110, y: 100 }), { x: 120, y: 100 });
    near(drawn(next, { x: 0, y: 0 }), { x: -100, y: -100 });
  });

  it('stops at its limits, and what is under the pointer stays also then', () => {
    const at = { x: 10, y: 20 };
    const [small, large] = [zoomedAt(view, 0.01, at, limits), zoomedAt(view, 1000, at, limits)];
    assert.deepEqual([small.scale, large.scale], [1, 64]);
    near(drawn(small, content(view, at)), at);
    near(drawn(large, content(view, at)), at);
    assert.deepEqual(zoomedAt(large, 2, { x: -300, y: 4 }, limits), large, 'nothing moves at the end');
  });

  it('is undone by zooming back at the same place', () => {
    const at = { x: -40, y: 17 };
    const back = zoomedAt(zoomedAt(view, 1.5, at, limits), 1 / 1.5, at, limits);
    near(back.offset, view.offset);
    assert.ok(Math.abs(back.scale - view.scale) < 1e-12);
  });

  it('moves the content as far as the pointer went, at any scale', () => {
    const moved = panned(view, { x: 5, y: 5 }, { x: 25, y: -5 });
    assert.equal(moved.scale, view.scale);
    const point = { x: 3, y: 4 };
    near(drawn(moved, point), { x: drawn(view, point).x + 20, y: drawn(view, point).y - 10 });
  });

  it('turns the wheel down to make smaller, and back to undo it', () => {
    assert.equal(wheelFactor(0), 1);
    assert.ok(wheelFactor(100) < 1 && wheelFactor(-100) > 1);
    assert.ok(Math.abs(wheelFactor(37) * wheelFactor(-37) - 1) < 1e-12);
  });

  it('fits content by its longer side, and waits for an image that has no size yet', () => {
    assert.equal(fittingScale({ width: 200, height: 100 }, { width: 100, height: 100 }), 0.5);
    assert.equal(fittingScale({ width: 100, height: 400 }, { width: 800, height: 100 }), 0.25);
    assert.equal(fittingScale({ width: 0, height: 0 }, { width: 800, height: 100 }), 1);
  });

  it('draws the map in the middle of its canvas, with room around it', () => {
    const size = { width: 300, height: 200 };
    near(mapPlace({ x: 0.5, y: 0.5 }, size, unmoved), { x: 150, y: 100 });
    const [first, last] = [mapPlace({ x: 0, y: 0 }, size, unmoved), mapPlace({ x: 1, y: 1 }, size, unmoved)];
    assert.equal(last.x - first.x, last.y - first.y, 'square');
    assert.ok(first.y > 0 && last.y < 200);
    near(mapPlace({ x: 0, y: 0 }, size, { scale: 3, offset: { x: 1, y: 2 } }), {
      x: 3 * first.x + 1,
      y: 3 * first.y + 2,
    });
  });
});
