// The paper's protocol: what of a label file is compared with what of a folder.
import assert from 'node:assert/strict';
import { evaluateLabels } from '../../worker/evaluation/protocol';
import type { LabelDocument } from '../../worker/labels';

function labels(clusters: Record<string, number>): LabelDocument {
  return { images: Object.entries(clusters).map(([path, cluster]) => ({ path, cluster })) } as LabelDocument;
}

describe('the evaluation protocol', () => {
  it('leaves images of the class "combined" out of the metrics, although they are clustered', () => {
    const { images, nmi, classes } = evaluateLabels(
      labels({ 'test/cut/0.png': 1, 'test/cut/1.png': 1, 'test/good/0.png': 2, 'test/combined/0.png': 1 }),
      [
        { path: 'test/cut/0.png', truth: 'cut' },
        { path: 'test/cut/1.png', truth: 'cut' },
        { path: 'test/good/0.png', truth: 'good' },
        { path: 'test/combined/0.png', truth: 'combined' },
      ],
    );
    assert.equal(images, 3);
    assert.equal(nmi, 1);
    assert.deepEqual(
      classes.map(({ name }) => name),
      ['cut', 'good'],
    );
  });

  it('leaves out images that are no longer in the folder', () => {
    const { images } = evaluateLabels(labels({ 'a/0.png': 1, 'b/gone.png': 2 }), [{ path: 'a/0.png', truth: 'a' }]);
    assert.equal(images, 1);
  });

  it('says where classes come from when a folder has none', () => {
    assert.throws(() => evaluateLabels(labels({ 'a.png': 1 }), [{ path: 'a.png' }]), {
      code: 'too-few-images',
      message: /sub-folder per class/,
    });
  });
});
