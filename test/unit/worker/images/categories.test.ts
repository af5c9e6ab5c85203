// The drawn categories: MVTec AD's layout, masks exactly on the defects, and the same files for the same seed.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scanFolder } from '../../../../worker/images/scan';
import { categoryNames, classesOf, makeCategories, renderCategoryImage } from '../../../categories/categories';

describe('the drawn categories', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'categories-'));
    await makeCategories(join(folder, 'one'), { imagesPerClass: 1, trainImages: 2 });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const name of categoryNames) {
    it(`${name} is read as a category of MVTec AD, with normal images and masks`, async () => {
      const { layout, images, normals, failures } = await scanFolder(join(folder, 'one', name));
      assert.equal(layout, 'mvtec');
      assert.equal(normals.length, 2);
      assert.deepEqual(failures, []);
      assert.deepEqual(images.map(({ truth }) => truth).sort(), classesOf(name).sort());
      for (const { truth, masks } of images) assert.equal(masks !== undefined, truth !== 'good', truth);
    });

    it(`${name} has masks where a defect changes the photo, and nowhere else`, () => {
      for (const type of classesOf(name)) {
        const { rgb, mask, defects } = renderCategoryImage(name, type, 0, 1);
        const { rgb: flawless } = renderCategoryImage(name, type, 0, 1, { withDefects: false });
        const changes = { on: 0, off: 0, marked: 0 };
        for (const [pixel, marked] of mask.values.entries()) {
          const change = Math.max(...[0, 1, 2].map((c) => Math.abs(rgb[pixel * 3 + c]! - flawless[pixel * 3 + c]!)));
          if (marked) changes.marked++;
          // The camera's blur reaches a little beyond the defect, but it does not change much there.
          if (change > 24) changes[marked ? 'on' : 'off']++;
        }
        assert.equal(defects.length, type === 'good' ? 0 : type === 'combined' ? 2 : 1, type);
        assert.equal(changes.marked > 0, type !== 'good', type);
        assert.ok(changes.off <= 0.1 * changes.on, `${type}: ${changes.off} changed pixels are off the mask`);
        if (type !== 'good') assert.ok(changes.on >= 0.1 * changes.marked, `${type}: the mask is far too large`);
      }
    });
  }

  it('are the same files for the same seed, and others for another', async () => {
    await makeCategories(join(folder, 'again'), { imagesPerClass: 1, trainImages: 2 });
    const files = (await readdir(join(folder, 'one'), { recursive: true }))
      .filter((name) => /\.(png|txt)$/.test(name))
      .sort();
    assert.equal(
      files.length,
      categoryNames.reduce((sum, name) => sum + 2 * classesOf(name).length + 1, 1),
    );
    for (const file of files) {
      assert.deepEqual(await readFile(join(folder, 'again', file)), await readFile(join(folder, 'one', file)), file);
    }
    const [name] = categoryNames;
    assert.notDeepEqual(renderCategoryImage(name!, 'good', 0, 2).rgb, renderCategoryImage(name!, 'good', 0, 1).rgb);
  });

  it('are never drawn between other files', async () => {
    await assert.rejects(makeCategories(join(folder, 'one')), { code: 'folder-not-empty' });
  });
});
