// Networks made from weights, and a network cut at a tensor inside it, against what torch computes with them (networks.py).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { Network } from '../../worker/features/network';
import { openSession } from '../../worker/onnx/inference-session';
import { findModel } from '../../worker/models/find';
import { buildResnet, checkTensors, parseStages, type Architecture } from '../../worker/models/resnet';
import { headerLength, parseHeader, tensorValues } from '../../worker/models/resnet/safetensors';
import { decodeOnnx } from '../../worker/onnx/file';
import { Cache } from '../../worker/store/cache';
import { oracle, temporaryFile } from './embeddings';

const { status } = spawnSync('/usr/bin/python3', ['-c', 'import torch, torchvision']);
const stages = ['layer1', 'layer2', 'layer3', 'layer4', 'layer2+layer3'];
if (status !== 0) console.log('Networks against torchvision: skipped, needs python3-torch python3-torchvision');

(status === 0 ? describe : describe.skip)('against torchvision', function () {
  this.timeout(600_000);
  const folder = temporaryFile('networks');
  let shapes: Record<string, number[]>;
  before(() => {
    mkdirSync(folder, { recursive: true });
    oracle('networks.py', folder);
    shapes = JSON.parse(readFileSync(join(folder, 'shapes.json'), 'utf8')) as Record<string, number[]>;
  });

  const values = (name: string): Float32Array =>
    new Float32Array(Uint8Array.from(readFileSync(join(folder, `${name}.f32`))).buffer);

  async function assertAgrees(weights: string, architecture: Architecture, stage: string, expectedName: string) {
    const file = readFileSync(join(folder, `${weights}.safetensors`));
    const length = headerLength(file.subarray(0, 8), file.length);
    const index = parseHeader(file.subarray(8, 8 + length), file.length);
    checkTensors(index, architecture, parseStages(stage));
    const onnx = buildResnet(architecture, parseStages(stage), (name) => {
      const entry = index.get(name)!;
      return tensorValues(entry, file.subarray(entry.start, entry.end));
    });
    const image = new Tensor('float32', values(`${architecture}-image`), shapes[`${architecture}-image`]);
    const { patches } = await (await openSession(onnx)).run({ image });
    assert.deepEqual(patches!.dims, shapes[expectedName]);
    assertClose(patches!.data as Float32Array, values(expectedName));
  }

  for (const architecture of ['resnet18', 'resnet50', 'wide_resnet50_2'] as const) {
    for (const stage of stages) {
      it(`${architecture} up to ${stage} agrees within 1e-4 of the largest value, on 90 × 130 pixels`, () =>
        assertAgrees(architecture, architecture, stage, `${architecture}-${stage}`));
    }
  }

  for (const kind of ['F16', 'BF16']) {
    it(`resnet18 from weights in ${kind} agrees, too`, () =>
      assertAgrees(`resnet18-${kind}`, 'resnet18', 'layer2', `resnet18-${kind}-layer2`));
  }

  it('an EfficientNet as torch.onnx.export writes it, cut behind its third stage, agrees', async () => {
    const file = join(folder, 'efficientnet.onnx');
    const engine = { modelsFolder: '', cache: new Cache(join(folder, 'cache')) };
    const [, channels, rows, columns] = shapes['efficientnet-features']!;
    // Which tensor it is: the candidates say what each is like, as a person would read them.
    const { graph } = decodeOnnx(readFileSync(file), file);
    engine.modelsFolder = join(import.meta.dirname, '..', '..', 'models');
    const opened = findModel(`${file}#nonsense`, engine).then((model) => Network.open(model));
    const message = await opened.then(
      () => '',
      (error: Error) => error.message,
    );
    const tensor = new RegExp(`([^ ,]+) \\(${channels} × 32 × 32\\)`).exec(message)?.[1];
    assert.ok(tensor !== undefined && graph.node.some(({ output }) => output.includes(tensor)), message);

    const model = await findModel(`${file}#${tensor}`, engine);
    const image = new Tensor('float32', values('efficientnet-image'), shapes['efficientnet-image']);
    const cut = await openSession(model.file);
    const result = (await cut.run({ image }))[tensor]!;
    assert.deepEqual(result.dims, [1, channels, rows, columns]);
    assertClose(result.data as Float32Array, values('efficientnet-features'));
    assert.ok(readFileSync(model.file).length < 2e6, 'what comes behind is gone');
  });
});

/** Within 1e-4 of the largest value. */
function assertClose(actual: Float32Array, expected: Float32Array): void {
  assert.equal(actual.length, expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
  assert.ok(difference <= 1e-4 * largest, `${difference} of ${largest}`);
}
