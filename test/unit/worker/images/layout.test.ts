// Trees of public datasets, after their published descriptions: what is an image, what a class, what a mask, what is normal.
import assert from 'node:assert/strict';
import { arrange, classesOf } from '../../../../worker/images/layout';

/** Each image's class and masks, in one line. */
function told(files: readonly string[]): string[] {
  return arrange([...files].sort()).images.map(
    ({ path, truth, masks }) => `${path} = ${truth ?? '–'}${masks ? ` | ${masks.join(' ')}` : ''}`,
  );
}

describe('the layout of', () => {
  it('MVTec AD: masks that are missing are missing', () => {
    const files = [
      'train/good/0.png',
      'test/good/0.png',
      'test/cut/0.png',
      'test/cut/1.png',
      'ground_truth/cut/0_mask.png',
    ];
    assert.deepEqual(told(files), [
      'test/cut/0.png = cut | ground_truth/cut/0_mask.png',
      'test/cut/1.png = cut',
      'test/good/0.png = good',
    ]);
    assert.deepEqual(arrange(files).normals, ['train/good/0.png']);
  });

  it('BTAD: ok and ko, masks with the name of their image', () => {
    const files = ['train/ok/0.bmp', 'test/ok/0.bmp', 'test/ko/0.bmp', 'ground_truth/ko/0.png'];
    const { layout, normals } = arrange(files);
    assert.equal(layout, 'mvtec');
    assert.deepEqual(normals, ['train/ok/0.bmp']);
    assert.deepEqual(told(files), ['test/ko/0.bmp = ko | ground_truth/ko/0.png', 'test/ok/0.bmp = ok']);
  });

  it('MVTec LOCO: validation is normal, a folder of masks for each image', () => {
    const files = [
      ...['train/good/000.png', 'validation/good/000.png', 'test/good/000.png', 'test/logical_anomalies/000.png'],
      ...['ground_truth/logical_anomalies/000/000.png', 'ground_truth/logical_anomalies/000/001.png'],
    ];
    assert.deepEqual(told(files), [
      'test/good/000.png = good',
      'test/logical_anomalies/000.png = logical_anomalies | ground_truth/logical_anomalies/000/000.png ground_truth/logical_anomalies/000/001.png',
    ]);
    assert.deepEqual(arrange(files).normals, ['train/good/000.png', 'validation/good/000.png']);
  });

  it('MPDD: as MVTec AD, with names in mixed case', () => {
    const files = ['train/good/1.png', 'test/good/2.png', 'test/Bend_and_parts_mismatch/3.png'];
    const mask = 'ground_truth/Bend_and_parts_mismatch/3_mask.png';
    assert.deepEqual(told([...files, mask]), [
      `test/Bend_and_parts_mismatch/3.png = Bend_and_parts_mismatch | ${mask}`,
      'test/good/2.png = good',
    ]);
  });

  it('VisA: photos and masks in folders side by side', () => {
    const files = ['Data/Images/Normal/0.JPG', 'Data/Images/Anomaly/0.JPG', 'Data/Masks/Anomaly/0.png'];
    assert.deepEqual(told(files), [
      'Data/Images/Anomaly/0.JPG = Anomaly | Data/Masks/Anomaly/0.png',
      'Data/Images/Normal/0.JPG = Normal',
    ]);
  });

  it('Real-IAD: OK and NG, the kind of defect below NG, masks beside their photos', () => {
    const files = [
      'OK/S0001/a.jpg',
      'NG/AK/S0002/b.jpg',
      'NG/AK/S0002/b.png',
      'NG/QS/S0003/c.jpg',
      'NG/QS/S0003/c.png',
    ];
    assert.deepEqual(told(files), [
      'NG/AK/S0002/b.jpg = AK | NG/AK/S0002/b.png',
      'NG/QS/S0003/c.jpg = QS | NG/QS/S0003/c.png',
      'OK/S0001/a.jpg = OK',
    ]);
  });

  it('KolektorSDD: a folder is a part and no class, the mask is beside the image', () => {
    const files = ['kos01/Part0.jpg', 'kos01/Part0_label.bmp', 'kos02/Part0.jpg', 'kos02/Part0_label.bmp'];
    assert.deepEqual(told(files), [
      'kos01/Part0.jpg = – | kos01/Part0_label.bmp',
      'kos02/Part0.jpg = – | kos02/Part0_label.bmp',
    ]);
    assert.ok(arrange(files).masks.areComplete);
  });

  it('KolektorSDD2: masks beside the images of both splits', () => {
    const files = ['train/1.png', 'train/1_GT.png', 'test/2.png', 'test/2_GT.png'];
    assert.deepEqual(told(files), ['test/2.png = – | test/2_GT.png', 'train/1.png = – | train/1_GT.png']);
    assert.ok(arrange(files).masks.areComplete);
  });

  for (const [train, val, test] of [
    ['train', 'val', 'test'],
    ['Training', 'validation', 'testing'],
    ['train', 'valid', 'dev'],
  ]) {
    it(`classes in splits called ${train}, ${val} and ${test}: joined, and no split is a class`, () => {
      const files = [train, val, test].flatMap((split) =>
        ['good', 'pore'].map((name) => `${split}/${name}/${split}.png`),
      );
      const { layout, normals } = arrange(files);
      assert.equal(layout, 'classes');
      assert.deepEqual(normals, [], 'a split with defects is no set of normal images');
      assert.deepEqual(
        told(files),
        [...files].sort().map((path) => `${path} = ${path.split('/')[1]}`),
      );
    });
  }

  it('splits with photos and masks of the same names: each has its own', () => {
    const files = ['train', 'test'].flatMap((split) => [`${split}/images/1.png`, `${split}/masks/1.png`]);
    assert.deepEqual(told(files), [
      'test/images/1.png = – | test/masks/1.png',
      'train/images/1.png = – | train/masks/1.png',
    ]);
  });

  it('masks of no split, and photos of one name in two: the tested one has it', () => {
    const files = ['train/cut/0.png', 'test/cut/0.png', 'test/good/1.png', 'ground_truth/cut/0.png'];
    assert.deepEqual(
      told(files).filter((line) => line.includes('|')),
      ['test/cut/0.png = cut | ground_truth/cut/0.png'],
    );
  });

  it('photos of one name and two extensions: nobody can tell whose the mask is', () => {
    assert.deepEqual(told(['a/1.png', 'a/1.jpg', 'masks/a/1.png', 'a/2.png', 'masks/a/2.png']), [
      'a/1.jpg = –',
      'a/1.png = –',
      'a/2.png = – | masks/a/2.png',
    ]);
  });

  it('classes one folder further down', () => {
    assert.deepEqual(told(['line 3/scratch/1.png', 'line 3/good/2.png']), [
      'line 3/good/2.png = good',
      'line 3/scratch/1.png = scratch',
    ]);
  });

  it('a class of solder masks, and a photo of one', () => {
    const files = ['good/1.png', 'solder mask/2.png', 'good/3_mask.png'];
    assert.deepEqual(told(files), ['good/1.png = good', 'good/3_mask.png = good', 'solder mask/2.png = solder mask']);
  });

  it('a download one level up: its datasets are told', () => {
    const category = (name: string) => [`${name}/train/good/0.png`, `${name}/test/cut/0.png`];
    assert.deepEqual(arrange([...category('bottle'), ...category('cable')]).datasets, ['bottle', 'cable']);
    const withoutTraining = (name: string) => category(name).filter((path) => !path.includes('/train/'));
    const { layout, datasets } = arrange([...withoutTraining('bottle'), ...withoutTraining('cable')]);
    assert.deepEqual({ layout, datasets }, { layout: 'classes', datasets: ['bottle', 'cable'] });
    assert.deepEqual(arrange(category('bottle')).datasets, []);
    assert.deepEqual(arrange(['train/a/1.png', 'test/a/2.png']).datasets, []);
    assert.deepEqual(arrange(['candle/Data/Images/Normal/0.JPG', 'pcb1/Data/Images/Normal/0.JPG']).datasets, [
      'candle',
      'pcb1',
    ]);
  });

  it('clustered images alone, as a label file has them, gives the same classes', () => {
    assert.deepEqual([...classesOf(['test/cut/0.png', 'test/good/0.png']).values()], ['cut', 'good']);
    assert.deepEqual([...classesOf(['test/cut/0.png', 'test/cut/1.png']).values()], ['cut', 'cut']);
    assert.deepEqual([...classesOf(['1.png', '2.png']).values()], []);
  });
});
