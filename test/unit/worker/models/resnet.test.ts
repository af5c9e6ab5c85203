// Residual networks made from weights: the fixture's WideResNet-50-2 with random weights, against what torch computed with it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { openSession } from '../../../../worker/onnx/inference-session';
import {
  buildResnet,
  checkTensors,
  describeStages,
  neededTensors,
  parseStages,
} from '../../../../worker/models/resnet';
import {
  headerLength,
  parseHeader,
  tensorValues,
  type TensorIndex,
} from '../../../../worker/models/resnet/safetensors';
import { shared } from '../../../tools/paths';

const fixture = join(shared, 'fixtures', 'wide_resnet50_2-random');

describe('a WideResNet-50-2 made from safetensors', () => {
  let file: Uint8Array;
  let index: TensorIndex;
  before(async function () {
    if (!existsSync(fixture)) {
      console.log('      skipped, needs ../shared/fixtures/wide_resnet50_2-random');
      this.skip();
    }
    file = await readFile(join(fixture, 'model.safetensors'));
    const length = headerLength(file.subarray(0, 8), file.length);
    index = parseHeader(file.subarray(8, 8 + length), file.length);
  });

  const read = (name: string): Float32Array => {
    const entry = index.get(name)!;
    return tensorValues(entry, file.subarray(entry.start, entry.end));
  };

  it("gives torch's second stage within 1e-4, and torch's pooled patches of unit length, on an image that is not square", async () => {
    checkTensors(index, 'wide_resnet50_2', ['layer2']);
    const session = await openSession(buildResnet('wide_resnet50_2', ['layer2'], read));
    const image = new Tensor('float32', await floats('input.f32'), [1, 3, 96, 128]);
    const { patches } = await session.run({ image });
    assert.deepEqual(patches!.dims, [1, 512, 12, 16]);
    const map = patches!.data as Float32Array;
    assert.ok(largestDifference(map, await floats('layer2.f32')) < 1e-4);
    assert.ok(largestDifference(pooled(map, 512, 12, 16), await floats('patches.f32')) < 1e-4);
  });

  it('takes batches and any size', async () => {
    const session = await openSession(buildResnet('wide_resnet50_2', ['layer1'], read));
    const image = new Tensor('float32', new Float32Array(2 * 3 * 40 * 72).fill(0.5), [2, 3, 40, 72]);
    const { patches } = await session.run({ image });
    assert.deepEqual(patches!.dims, [2, 256, 10, 18]);
  });

  it('says which tensor is missing when the file is another network', () => {
    assert.throws(() => checkTensors(index, 'resnet50', ['layer1']), {
      code: 'model-invalid',
      message: /not the weights of resnet50: the tensor layer1\.0\.conv1\.weight has the shape \(128, 64, 1, 1\)/,
    });
    assert.throws(() => checkTensors(index, 'wide_resnet50_2', ['layer4']), { message: /layer3\.\S+ is missing/ });
  });

  it('refuses weights with holes, with numbers that are none, and with variances below zero', () => {
    const spoiled = (name: string, value: number) => () =>
      buildResnet('wide_resnet50_2', ['layer1'], (each) => (each === name ? read(each).fill(value) : read(each)));
    for (const [name, value] of [
      ['layer1.0.conv2.weight', 0],
      ['bn1.bias', NaN],
      ['layer1.2.bn3.running_var', -1],
      ['conv1.weight', Infinity],
    ] as const) {
      assert.throws(spoiled(name, value), { code: 'model-invalid', message: new RegExp(`tensor ${name}`) });
    }
  });

  async function floats(name: string): Promise<Float32Array> {
    const bytes = await readFile(join(fixture, name));
    return new Float32Array(new Uint8Array(bytes).buffer);
  }
});

describe('stages', () => {
  it('are named as torchvision names them, alone or joined', () => {
    assert.deepEqual(parseStages('layer2'), ['layer2']);
    assert.deepEqual(parseStages('layer3+layer2'), ['layer2', 'layer3']);
    for (const wrong of ['layer5', 'layer2+', 'layer2+layer2', '', 'fc']) {
      assert.throws(() => parseStages(wrong), { code: 'model-not-found', message: /layer1, layer2, layer3, layer4/ });
    }
  });

  it('need only their own tensors and those before them: 16.5 of 276 MB for the second of WideResNet-50-2', () => {
    const bytes = (architecture: Parameters<typeof neededTensors>[0], stage: string) =>
      [...neededTensors(architecture, parseStages(stage)).values()].reduce(
        (sum, shape) => sum + 4 * shape.reduce((a, b) => a * b, 1),
        0,
      );
    assert.equal(bytes('wide_resnet50_2', 'layer2'), 16_557_824);
    assert.ok(bytes('wide_resnet50_2', 'layer4') < 276e6 - 8e6, 'no classifier');
    const names = [...neededTensors('resnet50', ['layer2']).keys()];
    assert.ok(names.every((name) => !/layer3|layer4|fc|num_batches/.test(name)));
  });

  it('tell where their patches lie', () => {
    assert.deepEqual(describeStages('resnet18', ['layer3']), {
      stride: 16,
      origin: 8,
      dimensions: 256,
      skipsPooling: false,
    });
    assert.ok(describeStages('resnet50', ['layer4']).skipsPooling, 'Table 4 takes the last map as it is');
    assert.deepEqual(describeStages('wide_resnet50_2', ['layer2', 'layer3']), {
      stride: 8,
      origin: 4,
      dimensions: 1536,
      skipsPooling: true,
    });
  });
});

/** 3×3 average with zeros outside, then unit length, in double precision. (D, rows, columns) to (rows·columns, D) */
function pooled(map: Float32Array, dimensions: number, rows: number, columns: number): Float64Array {
  const patches = new Float64Array(map.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = (row * columns + column) * dimensions;
      let square = 0;
      for (let d = 0; d < dimensions; d++) {
        let sum = 0;
        for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
          for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
            sum += map[(d * rows + y) * columns + x]!;
          }
        }
        patches[at + d] = sum / 9;
        square += (sum / 9) ** 2;
      }
      for (let d = 0; d < dimensions; d++) patches[at + d]! /= Math.sqrt(square);
    }
  }
  return patches;
}

function largestDifference(a: Float32Array | Float64Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return b.reduce((largest, value, i) => Math.max(largest, Math.abs(value - a[i]!)), 0);
}
