// What keys mean in the gallery, and where the arrow keys lead among the images.
import assert from 'node:assert/strict';
import { editorCommandOf, galleryAction, type KeyContext } from '../../../../webview/gallery/keyboard';
import { move, type Position } from '../../../../webview/grid/grid-navigation';
import type { KeyStroke } from '../../../../webview/kit/keys';

const stroke = (key: string, ...held: ('ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey')[]): KeyStroke => ({
  key,
  ctrlKey: held.includes('ctrlKey'),
  metaKey: held.includes('metaKey'),
  altKey: held.includes('altKey'),
  shiftKey: held.includes('shiftKey'),
});

describe("the gallery's keys", () => {
  const selected: KeyContext = { hasSelection: true, isEditable: true, clusters: 3 };

  it('do something with the selected images', () => {
    assert.deepEqual(galleryAction(stroke('s'), selected), { kind: 'findSimilar' });
    assert.deepEqual(galleryAction(stroke('N', 'shiftKey'), selected), { kind: 'moveToNew' });
    assert.deepEqual(galleryAction(stroke('p'), selected), { kind: 'togglePin' });
    assert.deepEqual(galleryAction(stroke('1'), selected), { kind: 'moveTo', place: 0 });
    assert.deepEqual(galleryAction(stroke('3'), selected), { kind: 'moveTo', place: 2 });
  });

  it('mean nothing for a cluster that is not there', () => {
    assert.equal(galleryAction(stroke('4'), selected), undefined);
    assert.equal(galleryAction(stroke('0'), selected), undefined);
    assert.equal(galleryAction(stroke('F1'), selected), undefined);
  });

  it('need a selection', () => {
    for (const key of ['s', 'n', 'p', '1']) {
      assert.equal(galleryAction(stroke(key), { ...selected, hasSelection: false }), undefined, key);
    }
  });

  it('change nothing where labels cannot be changed', () => {
    const report = { ...selected, isEditable: false };
    for (const key of ['n', 'p', '1']) assert.equal(galleryAction(stroke(key), report), undefined, key);
    assert.deepEqual(galleryAction(stroke('s'), report), { kind: 'findSimilar' });
  });

  it('leave the keys of VS Code and of the system alone', () => {
    for (const key of ['s', 'n', 'p', '1']) {
      for (const held of ['ctrlKey', 'metaKey', 'altKey'] as const) {
        assert.equal(galleryAction(stroke(key, held), selected), undefined, `${held} ${key}`);
      }
    }
  });

  it('search and leave whatever is selected', () => {
    const none = { ...selected, hasSelection: false };
    for (const held of ['ctrlKey', 'metaKey'] as const) {
      assert.deepEqual(galleryAction(stroke('f', held), none), { kind: 'search' });
    }
    assert.deepEqual(galleryAction(stroke('Escape'), none), { kind: 'leave' });
    assert.equal(galleryAction(stroke('f'), selected), undefined);
  });

  it('know those of the editor on all platforms', () => {
    for (const held of ['ctrlKey', 'metaKey'] as const) {
      assert.equal(editorCommandOf(stroke('z', held)), 'undo');
      assert.equal(editorCommandOf(stroke('Z', held, 'shiftKey')), 'redo');
      assert.equal(editorCommandOf(stroke('y', held)), 'redo');
      assert.equal(editorCommandOf(stroke('s', held)), 'save');
      assert.equal(editorCommandOf(stroke('S', held, 'shiftKey')), undefined, 'save as');
    }
    assert.equal(editorCommandOf(stroke('z')), undefined);
  });
});

describe('the arrow keys among images', () => {
  // Rows of three:  0 1 2 | 3 4     nothing     0 1 | (one row)
  const sizes = [5, 0, 2];
  const go = (from: [section: number, index: number], key: string, ...held: 'ctrlKey'[]) => {
    const to: Position | undefined = move(sizes, { section: from[0], index: from[1] }, stroke(key, ...held), () => 3);
    return to && [to.section, to.index];
  };

  it('go on across the ends of rows and clusters, past empty ones', () => {
    assert.deepEqual(go([0, 2], 'ArrowRight'), [0, 3]);
    assert.deepEqual(go([0, 4], 'ArrowRight'), [2, 0]);
    assert.deepEqual(go([2, 0], 'ArrowLeft'), [0, 4]);
    assert.equal(go([0, 0], 'ArrowLeft'), undefined);
    assert.equal(go([2, 1], 'ArrowRight'), undefined);
  });

  it('keep the column up and down, or take the last image of a shorter row', () => {
    assert.deepEqual(go([0, 1], 'ArrowDown'), [0, 4]);
    assert.deepEqual(go([0, 2], 'ArrowDown'), [0, 4]);
    assert.deepEqual(go([0, 4], 'ArrowDown'), [2, 1]);
    assert.deepEqual(go([2, 0], 'ArrowUp'), [0, 3]);
    assert.equal(go([0, 1], 'ArrowUp'), undefined);
    assert.equal(go([2, 0], 'ArrowDown'), undefined);
  });

  it('reach the ends of the cluster, and with Ctrl those of the gallery', () => {
    assert.deepEqual(go([0, 2], 'Home'), [0, 0]);
    assert.deepEqual(go([0, 2], 'End'), [0, 4]);
    assert.deepEqual(go([2, 1], 'Home', 'ctrlKey'), [0, 0]);
    assert.deepEqual(go([0, 2], 'End', 'ctrlKey'), [2, 1]);
    assert.equal(go([0, 2], 'ArrowRight', 'ctrlKey'), undefined);
  });
});
