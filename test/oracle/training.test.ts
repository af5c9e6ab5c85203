// The losses of SCAN, IIC and GATCluster, batch normalisation and the trunk, and their gradients, against torch on the same numbers (training.py).
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { createRandom } from '../../worker/base/random';
import { gatclusterTargets } from '../../worker/training/gatcluster';
import { convolve, meanOverCells, normaliseBatch, type Dense } from '../../worker/training/layers';
import { loadTensors, type Tensors } from '../../worker/training/library';
import { gatclusterLoss, iicLoss, scanLoss, selfLabelLoss } from '../../worker/training/losses';
import { missing, oracle, temporaryFile } from './embeddings';

interface Case {
  loss: number[];
  gradients: number[][];
}

type CaseName = 'scan' | 'iic' | 'selfLabel' | 'gatcluster' | 'normalise' | 'trunk';
type Expected = Record<CaseName, Case> & Record<'invariance' | 'attention', number[][]>;

const reason = missing();
if (reason !== undefined) console.log(`Losses of deep clustering: ${reason}`);

const [images, heads, k] = [23, 3, 5];
const [cells, channels] = [4, 6];
const random = createRandom(7);
const logits = (...shape: number[]): unknown =>
  shape.length === 0 ? 2 * random.normal() : Array.from({ length: shape[0]! }, () => logits(...shape.slice(1)));
const shares = (rows: number) =>
  Array.from({ length: rows }, () => {
    const row = Array.from({ length: k }, () => Math.exp(random.normal()));
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value) => value / total);
  });
const groups = Array.from({ length: images }, () => random.integer(0, k - 1));
const numbers = {
  anchors: logits(images, heads, k) as number[][][],
  neighbours: logits(images, heads, k) as number[][][],
  logits: logits(images, k) as number[][],
  // Some are not confident, and one class has none.
  labels: groups.map((group, i) => (i % 4 === 0 || group === k - 1 ? -1 : group)),
  whole: logits(images, k) as number[][],
  attended: logits(images, k) as number[][],
  invariance: shares(images),
  attention: shares(images),
  relation: groups.map((a) => groups.map((b) => (a === b ? 1 : 0))),
  // Far from zero, and different by little: as means over maps are.
  features: (logits(images, k) as number[][]).map((row) => row.map((value, feature) => 3 * feature + 0.1 * value)),
  weights: logits(images, k) as number[][],
  maps: logits(images, cells, channels) as number[][][],
  trunkWeights: logits(channels, k) as number[][],
  trunkBias: logits(k) as number[],
};

/** Single precision against double. */
const tolerance = 2e-5;

function compare(what: string, found: ArrayLike<number>, wanted: readonly number[]): void {
  assert.equal(found.length, wanted.length, what);
  const scale = Math.max(...wanted.map(Math.abs));
  for (const [i, value] of wanted.entries())
    assert.ok(Math.abs(found[i]! - value) <= tolerance * scale, `${what} ${i}: ${found[i]} is not ${value}`);
}

(reason === undefined ? describe : describe.skip)('losses of deep clustering', () => {
  let tf: Tensors;
  let expected: Expected;

  before(async () => {
    tf = await loadTensors();
    const file = temporaryFile('training.json');
    writeFileSync(file, JSON.stringify(numbers));
    expected = oracle('training.py', file);
  });

  const check = (name: CaseName, inputs: Tensor[], loss: (...inputs: Tensor[]) => Tensor) => {
    const { loss: wanted, gradients } = expected[name];
    compare(
      `${name}, loss`,
      tf.tidy(() => loss(...inputs).dataSync()),
      wanted,
    );
    const found = tf.grads((...each: Tensor[]) => tf.sum(loss(...each)))(inputs);
    for (const [i, gradient] of found.entries()) compare(`${name}, gradient ${i}`, gradient.dataSync(), gradients[i]!);
  };
  const pair = () => [tf.tensor3d(numbers.anchors), tf.tensor3d(numbers.neighbours)];

  it('SCAN: consistency and entropy', () =>
    check('scan', pair(), (a, b) => scanLoss(tf, tf.softmax(a) as Tensor3D, tf.softmax(b) as Tensor3D, 5)));

  it('SCAN: self-labelling, classes balanced', () => {
    const { labels } = numbers;
    const sizes = Array.from({ length: k }, (_, c) => labels.filter((label) => label === c).length);
    const targets = tf.tensor2d(labels.map((label) => Array.from({ length: k }, (_, c) => (c === label ? 1 : 0))));
    const weights = tf.tensor1d(labels.map((label) => (label < 0 ? 0 : 1 / sizes[label]!)));
    check('selfLabel', [tf.tensor2d(numbers.logits)], (a): Tensor1D =>
      tf.reshape(selfLabelLoss(tf, a as Tensor2D, targets, weights), [1]),
    );
  });

  it('IIC: mutual information', () =>
    check('iic', pair(), (a, b) => iicLoss(tf, tf.softmax(a) as Tensor3D, tf.softmax(b) as Tensor3D)));

  it('batch normalisation', () =>
    check('normalise', [tf.tensor2d(numbers.features)], (a) =>
      tf.sum(tf.mul(normaliseBatch(tf, a as Tensor2D), tf.tensor2d(numbers.weights)), 1),
    ));

  it('the trunk: a convolution over cells with a rectifier, and their mean', () => {
    const maps = tf.tensor3d(numbers.maps);
    check('trunk', [tf.tensor2d(numbers.trunkWeights), tf.tensor1d(numbers.trunkBias)], (weights, bias) =>
      tf.sum(
        tf.mul(
          meanOverCells(tf, convolve(tf, maps, { weights, bias } as unknown as Dense)),
          tf.tensor2d(numbers.weights),
        ),
        1,
      ),
    );
  });

  it('GATCluster: its four tasks', () => {
    const targets = {
      invariance: tf.tensor2d(numbers.invariance),
      attention: tf.tensor2d(numbers.attention),
      relation: tf.tensor2d(numbers.relation),
    };
    check('gatcluster', [tf.tensor2d(numbers.whole), tf.tensor2d(numbers.attended)], (a, b) =>
      tf.reshape(gatclusterLoss(tf, tf.softmax(a as Tensor2D), tf.softmax(b as Tensor2D), targets), [1]),
    );
  });

  it('GATCluster: targets', () => {
    const probabilities = tf.tidy(() => tf.softmax(tf.tensor2d(numbers.whole)).dataSync() as Float32Array);
    const { invariance, attention } = gatclusterTargets(probabilities, k, 0);
    compare('invariance', invariance, expected.invariance.flat());
    compare('attention', attention, expected.attention.flat());
  });
});
