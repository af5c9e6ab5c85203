// What images can be told apart by: classes, folders, parts of their names.
import assert from 'node:assert/strict';
import { facetsOf } from '../../../../webview/model/facets';

const named = (paths: readonly string[], isClass = false) =>
  paths.map((path) => ({ path, truth: isClass ? path.split('/')[0] : undefined }));
const labelsOf = (paths: readonly string[], classes: readonly string[] = []) =>
  facetsOf(named(paths, classes.length > 0), classes).map(({ id, label, values }) => [id, label, values.length]);

describe('facets', () => {
  it('call folders by that name unless they tell good parts from bad ones', () => {
    const lines = ['lineA/a.png', 'lineA/b.png', 'lineB/c.png', 'lineB/d.png'];
    assert.deepEqual(labelsOf(lines, ['lineA', 'lineB']), [['class', 'Folder', 2]]);
    const parts = ['good/a.png', 'good/b.png', 'crack/c.png', 'crack/d.png'];
    assert.deepEqual(labelsOf(parts, ['crack', 'good']), [['class', 'Class', 2]]);
  });

  it('find the parts of names that repeat, and no others', () => {
    const paths = Array.from({ length: 12 }, (_, i) => `img_${i % 2 ? 'front' : 'back'}_L${i % 3}_${1000 + i}.png`);
    assert.deepEqual(labelsOf(paths), [
      ['name:1', 'Name, part 2: back, front', 2],
      ['name:2', 'Name, part 3: L0, L1 …', 3],
    ]);
    const [side] = facetsOf(named(paths), []);
    assert.equal(side!.valueOf({ path: paths[1]!, truth: undefined }), 'front');
  });

  it('are none where every image has a name of its own, or some lack the part', () => {
    assert.deepEqual(labelsOf(['a_1.png', 'b_2.png', 'c_3.png']), []);
    assert.deepEqual(labelsOf(['a_x.png', 'a_y.png', 'a_x1.png', 'b.png', 'a_x.png', 'a_y.png']), [
      ['name:0', 'Name, part 1: a, b', 2],
    ]);
  });

  it('are the folders where these are no classes', () => {
    const paths = ['2026/mon/a.png', '2026/mon/b.png', '2026/tue/c.png', '2026/tue/d.png'];
    assert.deepEqual(labelsOf(paths), [['folder', 'Folder', 2]]);
  });
});
