// Training: made-up sets on which each method must work, the same labels twice, cancelling, early ends.
import assert from 'node:assert/strict';
import { trainedClustererNames } from '../../../../worker/api/settings';
import { EngineError } from '../../../../worker/api/errors';
import { cancel, createCancelFlag, throwIfCancelled } from '../../../../worker/base/cancel';
import { createRandom } from '../../../../worker/base/random';
import { evaluate } from '../../../../worker/evaluation/metrics';
import { batches, type ViewMaps } from '../../../../worker/training/maps';
import { nearestNeighbours } from '../../../../worker/training/neighbours';
import { isFlat, train } from '../../../../worker/training/train';
import { canTrain, installLine } from '../../../../worker/training/library';

const groups = 4;
const each = 12;

/** Groups far apart: each has a mean of its own, images and views scatter around it. */
function mixture(seed: number): { maps: ViewMaps; truth: string[] } {
  const random = createRandom(seed);
  const [views, side, channels] = [6, 2, 8];
  const count = groups * each;
  const means = Array.from({ length: groups }, () => Array.from({ length: channels }, () => 2 * random.normal()));
  const values = new Float32Array(count * views * side * side * channels);
  const truth: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    truth.push(String(i % groups));
    const own = means[i % groups]!.map((mean) => mean + 0.3 * random.normal());
    for (let view = 0; view < views; view++)
      for (let cell = 0; cell < side * side; cell++)
        for (const mean of own) values[at++] = mean + 0.3 * random.normal();
  }
  return { maps: { count, views, weak: 2, side, channels, values }, truth };
}

/** Images that are all alike but for one cell, where each group has a direction of its own: defects on one and the same part. */
function defects(seed: number): { maps: ViewMaps; truth: string[] } {
  const random = createRandom(seed);
  const [views, side, channels] = [6, 3, 8];
  const count = groups * each;
  const part = Float32Array.from({ length: side * side * channels }, () => 2 * random.normal());
  const directions = Array.from({ length: groups }, () => Array.from({ length: channels }, () => 2 * random.normal()));
  const values = new Float32Array(count * views * part.length);
  const truth: string[] = [];
  for (let i = 0; i < count; i++) {
    truth.push(String(i % groups));
    const place = random.integer(0, side * side - 1);
    for (let view = 0; view < views; view++) {
      const own = values.subarray((i * views + view) * part.length, (i * views + view + 1) * part.length);
      for (const [at, common] of part.entries()) {
        const defect = Math.floor(at / channels) === place ? directions[i % groups]![at % channels]! : 0;
        own[at] = common + defect + 0.1 * random.normal();
      }
    }
  }
  return { maps: { count, views, weak: 2, side, channels, values }, truth };
}

describe('heads that are trained', () => {
  for (const clusterer of trainedClustererNames) {
    it(`${clusterer} finds groups that are far apart, its loss falls, and the same seed gives the same labels`, async () => {
      const { maps, truth } = mixture(1);
      const first = await train(clusterer, maps, { k: groups, seed: 0 });
      const { labels, losses, attention } = first;
      const { nmi } = evaluate(truth, [...labels]);
      assert.ok(nmi > 0.9, `NMI ${nmi}`);
      assert.ok(losses[0]!.at(-1)! < losses[0]![0]!);
      if (clusterer === 'gatcluster') assert.equal(attention?.length, maps.count * maps.side ** 2);
      // Also where somebody looks on.
      const second = await train(clusterer, maps, { k: groups, seed: 0, onEpoch: ({ labels }) => void labels() });
      assert.deepEqual(second, first);
    });
  }

  for (const clusterer of trainedClustererNames) {
    it(`${clusterer} tells defects apart that are a small part of images which are alike`, async () => {
      const { maps, truth } = defects(2);
      const { labels } = await train(clusterer, maps, { k: groups, seed: 0 });
      const { nmi } = evaluate(truth, [...labels]);
      assert.ok(nmi > 0.9, `NMI ${nmi}`);
    });
  }

  it('ends as soon as it is cancelled', async () => {
    const flag = createCancelFlag();
    let epochs = 0;
    const onEpoch = () => {
      epochs++;
      cancel(flag);
    };
    const training = train('scan', mixture(1).maps, {
      k: groups,
      seed: 0,
      onStep: () => throwIfCancelled(flag),
      onEpoch,
    });
    await assert.rejects(training, (error) => error instanceof EngineError && error.code === 'cancelled');
    assert.equal(epochs, 1);
  });

  it('ends early where the loss is flat, and not where it falls', () => {
    const falling = Array.from({ length: 60 }, (_, i) => 100 - i);
    assert.equal(isFlat(falling), false);
    assert.equal(isFlat([...falling, ...Array<number>(20).fill(41)]), true);
    assert.equal(isFlat([3, 1, 1]), false);
  });

  it('has the library here, and a line that installs it elsewhere', async () => {
    assert.equal(await canTrain(), true);
    assert.match(installLine(), /^npm install .*@tensorflow\/tfjs-core@\d/);
  });
});

describe('what heads are trained on', () => {
  it('shows every image once an epoch, and small sets several times', () => {
    const once = [...batches(10, 4, 1, createRandom(0))].flat().slice(0, 10);
    assert.deepEqual(
      [...once].sort((a, b) => a - b),
      [...Array(10).keys()],
    );
    const several = [...batches(3, 8, 5, createRandom(0))];
    assert.equal(several.length, 5);
    for (const batch of several) assert.deepEqual([...batch].sort(), [0, 1, 2]);
  });

  it('finds neighbours by their direction, never the image itself', () => {
    const vectors = Float32Array.from([1, 0, 0, 1, 10, 1, 0.1, 3]);
    assert.deepEqual([...nearestNeighbours(vectors, 4, 2, 1)], [2, 3, 0, 1]);
  });
});
