// Images that are not here, as vectors of blocks: they are compared with those that are, whatever their order and however many they are.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '../../worker/api/settings';
import { createCancelFlag } from '../../worker/base/cancel';
import { createRandom } from '../../worker/base/random';
import { knownPoints } from '../../worker/describe/block-vectors';
import { readDataset } from '../../worker/describe/dataset';
import { describeImages } from '../../worker/describe/describe-images';
import { scanFolder } from '../../worker/images/scan';
import { makeSample } from '../../worker/sample';
import { openEngine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { openSession } from '../../worker/session/session';
import { Cache } from '../../worker/store/cache';
import { dist } from '../tools/paths';

describe('images that are known by their vectors', () => {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are where the images themselves are, and each kind of them says what is usual', async function () {
    await makeSample(join(folder, 'parts'), { imagesPerClass: 3 });
    const engine = openEngine(dist);
    const run = new Run({ ...engine, cache: new Cache(join(folder, 'cache')) }, createCancelFlag(), () => undefined);
    const dataset = await readDataset(run, await scanFolder(join(folder, 'parts', 'test')));
    const session = await openSession(run, { model: 'patchnet-s', device: 'cpu' });
    const wanted = new Set(dataset.images.map(({ content }) => content));
    const { blocks, further } = await describeImages(session, dataset, defaultSettings, { wanted });
    assert.deepEqual(new Set(blocks!.keys()), wanted);
    // Fifteen images have no more components than they are grouped by.
    assert.equal(further, undefined);

    // Kind by kind, the last ones far beyond so many as are compared.
    const random = createRandom(1);
    const perImage = 100;
    const examples = new Map<string, Float32Array>();
    for (const { content, truth } of dataset.images) {
      const own = blocks!.get(content)!;
      examples.set(content.slice(1), own);
      for (let i = 1; i < perImage; i++) {
        examples.set(
          `${truth} ${content} ${i}`,
          own.map((value) => value + 0.01 * random.normal()),
        );
      }
    }
    assert.ok(examples.size > knownPoints);
    const found = await describeImages(session, dataset, defaultSettings, { examples });
    // The cache has the components and how far the examples are apart now.
    const again = await describeImages(session, dataset, defaultSettings, { examples });
    await engine.pool.close();
    // The components beyond are as many again, and none of them varies as much as the first.
    const columns = ({ dimensions, values }: { dimensions: number; values: Float32Array }) =>
      Array.from({ length: dimensions }, (_, d) =>
        values.filter((_, i) => i % dimensions === d).reduce((sum, value) => sum + value ** 2, 0),
      );
    const { vectors: values, dimensions: groupedBy } = found.comparison;
    const groupedColumns = columns({ dimensions: groupedBy!, values: values! });
    assert.equal(found.further!.dimensions, groupedBy);
    assert.ok(found.further!.values.every(Number.isFinite));
    assert.ok(Math.max(...columns(found.further!)) < Math.max(...groupedColumns));
    assert.deepEqual(again.further, found.further);
    assert.deepEqual(again.comparison, found.comparison);
    assert.deepEqual(again.examples, found.examples);
    assert.deepEqual(
      again.images.map(({ unlikeness }) => unlikeness),
      found.images.map(({ unlikeness }) => unlikeness),
    );
    const dimensions = found.comparison.dimensions!;
    for (const [row, { image, unlikeness }] of found.images.entries()) {
      const own = found.comparison.vectors!.subarray(row * dimensions, (row + 1) * dimensions);
      assert.deepEqual(found.examples!.get(image.content.slice(1))!.vector, Float32Array.from(own), image.path);
      assert.ok(unlikeness !== undefined, image.path);
    }
    const compared = [...found.examples!].filter(([, { unlikeness }]) => unlikeness !== undefined);
    assert.equal(compared.length, knownPoints);
    for (const kind of new Set(dataset.images.map(({ truth }) => truth)))
      assert.ok(
        compared.some(([key]) => key.startsWith(`${kind} `)),
        kind,
      );
  });
});
