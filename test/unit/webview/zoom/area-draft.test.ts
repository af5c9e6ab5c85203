// Drawing an area: corners, closing a part, rectangles, taking the last away.
import assert from 'node:assert/strict';
import {
  addCorner,
  addRectangle,
  closePart,
  countedShare,
  removeLast,
  startDraft,
  type AreaDraft,
} from '../../../../webview/zoom/area-draft';

const corners = [
  { x: 0.1, y: 0.1 },
  { x: 0.5, y: 0.1 },
  { x: 0.5, y: 0.5 },
];
const begun = () => corners.reduce(addCorner, startDraft(undefined));

describe('an area while it is drawn', () => {
  it('is closed at its first corner, by a second click at the last, or by a key', () => {
    const triangle = [corners.map(({ x, y }) => [x, y])];
    for (const draft of [
      addCorner(begun(), { x: 0.104, y: 0.1 }),
      addCorner(begun(), { x: 0.5, y: 0.505 }),
      closePart(begun()),
    ])
      assert.deepEqual([draft.polygons, draft.corners], [triangle, []]);
  });

  it('has parts of three corners at least, and corners inside the image', () => {
    const [first, second] = corners as [(typeof corners)[0], (typeof corners)[0]];
    const two = addCorner(addCorner(startDraft(undefined), first), second);
    assert.equal(closePart(two), two);
    assert.equal(addCorner(two, second), two);
    assert.deepEqual(addCorner(two, { x: 1.2, y: -3 }).corners[2], [1, 0]);
  });

  it('takes rectangles, however they are dragged, and no slips of the hand', () => {
    const drawn = addRectangle(begun(), { x: 0.75, y: 1.5 }, { x: 0.25, y: 0.5 });
    assert.deepEqual(drawn.polygons, [
      [
        [0.75, 1],
        [0.25, 1],
        [0.25, 0.5],
        [0.75, 0.5],
      ],
    ]);
    assert.equal(drawn.corners.length, 3, 'what was begun stays');
    assert.equal(addRectangle(drawn, { x: 0.3, y: 0.3 }, { x: 0.6, y: 0.304 }), drawn);
  });

  it('loses its last corner, then its last part, and nothing more', () => {
    let draft: AreaDraft = addRectangle(startDraft(undefined), { x: 0, y: 0 }, { x: 1, y: 0.5 });
    draft = addCorner(draft, corners[0]!);
    draft = removeLast(draft);
    assert.deepEqual([draft.polygons.length, draft.corners.length], [1, 0]);
    draft = removeLast(removeLast(draft));
    assert.deepEqual([draft.polygons.length, draft.corners.length], [0, 0]);
  });

  it('says how much of the image counts', () => {
    const half = addRectangle(startDraft(undefined), { x: 0, y: 0 }, { x: 1, y: 0.25 });
    assert.equal(countedShare(half), 0.75);
    assert.equal(countedShare({ ...half, mode: 'look' }), 0.25);
    assert.equal(countedShare(startDraft(undefined)), 1);
  });
});
