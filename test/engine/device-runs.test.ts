// Runs on a device: one that breaks in the middle, and WebGPU itself, by a driver that computes on the CPU where there is one.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultSettings } from '../../worker/api/settings';
import { createCancelFlag } from '../../worker/base/cancel';
import { describeImages } from '../../worker/describe/describe-images';
import { describeDevices } from '../../worker/devices/titles';
import { onlyCpu, type DeviceSelection } from '../../worker/devices/selection';
import { openEngine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { openSession, Session } from '../../worker/session/session';
import { scanFolder } from '../../worker/images/scan';
import { readDataset } from '../../worker/describe/dataset';
import { encodeOnnx } from '../../worker/onnx/encode';
import { Pool } from '../../worker/pool/pool';
import { makeSample } from '../../worker/sample';
import { Cache } from '../../worker/store/cache';
import { dist } from '../tools/paths';

describe('a run on a device', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anomaly-tests-'));
    await makeSample(join(folder, 'parts'), { imagesPerClass: 2 });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('goes on where the device breaks in the middle, with the same numbers, and says so', async () => {
    const vectorsOf = async (name: string, deviceFile: string, devices: DeviceSelection) => {
      const engine = openEngine(dist);
      await engine.pool.close();
      const pool = new Pool({ taskFile: join(dist, 'task.cjs'), deviceFile });
      const cache = new Cache(join(folder, name));
      const run = new Run({ ...engine, pool, cache }, createCancelFlag(), () => undefined);
      const dataset = await readDataset(run, await scanFolder(join(folder, 'parts')));
      const { model, shape } = await openSession(run, { model: 'patchnet-s', device: 'cpu' });
      const session = new Session(run, model, devices, shape);
      // A run that begins on a device compares all patches: so must the one on the CPU.
      const { comparison, failures } = await describeImages(session, dataset, defaultSettings, { precision: 'exact' });
      assert.deepEqual([...dataset.failures, ...failures], []);
      const text = describeDevices({ devices, pool });
      await pool.close();
      return { vectors: comparison.vectors!, text };
    };
    const onDevice: DeviceSelection = { network: 'webgpu', kernel: 'webgpu', batch: 2, reasons: [] };
    const broken = await vectorsOf('broken', join(import.meta.dirname, 'failing-device.mjs'), onDevice);
    const cpu = await vectorsOf('cpu', join(dist, 'device.cjs'), onlyCpu);
    assert.deepEqual(broken.vectors, cpu.vectors);
    assert.match(broken.text, /the GPU \(WebGPU\) failed on the way: the driver was reset; the rest ran on the CPU/);
    assert.match(cpu.text, /^on the CPU with \d+ threads$/);
  });

  it('that names a device which is not there says what there is', async () => {
    const run = promisify(execFile)(
      process.execPath,
      [join(dist, 'cli.cjs'), 'cluster', join(folder, 'parts'), '--device', 'directml'],
      {
        env: { ...process.env, ANOMALY_CLUSTERING_CACHE: join(folder, 'cache') },
      },
    );
    await assert.rejects(run, (error: { code: number; stderr: string }) => {
      assert.match(error.stderr, /no device "directml"|cannot be used/);
      return error.code === 1;
    });
  });

  it('gives on WebGPU the labels that the CPU gives', async function () {
    const driver = softwareDriver();
    if (driver === undefined) {
      console.log('      skipped, needs libvulkan1 and a Vulkan driver such as the one of Debian’s chromium');
      this.skip();
    }
    // Small, because a driver that computes on the CPU takes eleven seconds an image for the built-in network.
    const weight = Float32Array.from({ length: 8 * 3 * 16 * 16 }, (_, i) => Math.sin(i * 12.9898) / 40);
    const file = join(folder, 'small.onnx');
    await writeFile(
      file,
      encodeOnnx({
        name: 'small',
        inputs: [{ name: 'image', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
        outputs: [{ name: 'patches', type: 'float32', shape: ['batch', 8, 'rows', 'columns'] }],
        constants: [{ name: 'weight', shape: [8, 3, 16, 16], values: weight }],
        nodes: [
          {
            operator: 'Conv',
            inputs: ['image', 'weight'],
            outputs: ['map'],
            attributes: { kernel_shape: [16, 16], strides: [16, 16] },
          },
          { operator: 'Relu', inputs: ['map'], outputs: ['patches'] },
        ],
      }),
    );
    const cluster = async (device: string) => {
      const out = join(folder, `${device}.json`);
      const args = [
        'cluster',
        join(folder, 'parts'),
        '--model',
        file,
        '--device',
        device,
        '--clusters',
        '3',
        '--out',
        out,
      ];
      const env = { ...process.env, ...driver, ANOMALY_CLUSTERING_CACHE: join(folder, `cache-${device}`) };
      const { stdout } = await promisify(execFile)(process.execPath, [join(dist, 'cli.cjs'), ...args], { env });
      return { stdout, labels: await readFile(out, 'utf8') };
    };
    const webgpu = await cluster('webgpu');
    assert.match(webgpu.stdout, /Network: small@[0-9a-f]{8}, on the GPU \(WebGPU\)/);
    assert.doesNotMatch(webgpu.stdout, /failed/);
    assert.equal(webgpu.labels, (await cluster('cpu')).labels);
  });
});

/** SwiftShader, Chromium's driver for machines without a graphics card, as environment. */
function softwareDriver(): Record<string, string> | undefined {
  const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
  if (process.platform !== 'linux' || !existsSync(driver)) return undefined;
  try {
    if (!/libvulkan\.so\.1/.test(execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }))) return undefined;
  } catch {
    return undefined;
  }
  return { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, XDG_RUNTIME_DIR: tmpdir() };
}
