// Which device runs what: candidates of each platform, and what is done with devices that are wrong, slow, missing or crash.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { candidateDevices } from '../../../../worker/devices/possible';
import { crashedDevices, forgetCrashes, markAtWork, unmark } from '../../../../worker/devices/crashes';
import { largestDistance } from '../../../../worker/devices/measure-device';
import { bestBatch, judge, select, type BatchSpeed, type DeviceReport } from '../../../../worker/devices/selection';

describe('the devices of a platform', () => {
  it('are tried in the order: its own way, then WebGPU', () => {
    const windows = [{ name: 'cpu' }, { name: 'dml' }, { name: 'webgpu' }];
    assert.deepEqual(candidateDevices('win32', 'x64', windows), ['directml', 'webgpu']);
    const mac = [{ name: 'cpu' }, { name: 'webgpu' }, { name: 'coreml' }];
    assert.deepEqual(candidateDevices('darwin', 'arm64', mac), ['coreml', 'webgpu']);
    const linux = [{ name: 'cpu' }, { name: 'webgpu' }, { name: 'cuda' }, { name: 'tensorrt' }];
    assert.deepEqual(candidateDevices('linux', 'x64', linux), ['cuda', 'webgpu']);
  });

  it('are only those that the runtime was built with', () => {
    assert.deepEqual(candidateDevices('linux', 'x64', [{ name: 'cpu' }]), []);
    assert.deepEqual(candidateDevices('win32', 'x64', [{ name: 'cpu' }, { name: 'webgpu' }]), ['webgpu']);
  });
});

describe('a device', () => {
  const cpu = report('cpu', { imagesPerSecond: 20, gigaflops: 150 });

  it('is used when it is right and faster', () => {
    const selection = select([report('webgpu', { imagesPerSecond: 200, gigaflops: 3000 })], cpu, false);
    assert.deepEqual([selection.network, selection.kernel], ['webgpu', 'webgpu']);
    assert.match(selection.reasons[0]!, /webgpu: network used \(200.0 images\/s, CPU 20.0\)/);
  });

  it('is not used when it gives wrong numbers, however fast it is', () => {
    const wrong = report('cuda', {
      imagesPerSecond: 9000,
      gigaflops: 90000,
      networkDeviation: 0.2,
      kernelDeviation: 0.01,
    });
    const selection = select([wrong, report('webgpu', { imagesPerSecond: 200, gigaflops: 3000 })], cpu, false);
    assert.deepEqual([selection.network, selection.kernel], ['webgpu', 'webgpu']);
    assert.match(selection.reasons[0]!, /cuda: network not used, patches move by 2.0e-1/);
  });

  it('that gives NaN is wrong', () => {
    const distance = largestDistance(Float32Array.of(1, 0, NaN, 0), Float32Array.of(1, 0, 0, 1), 2);
    assert.equal(distance, Infinity);
    const wrong = report('webgpu', { imagesPerSecond: 200, gigaflops: 3000, networkDeviation: distance });
    assert.equal(select([wrong], cpu, false).network, 'cpu');
  });

  it('that gives another number of patches is wrong', () => {
    assert.equal(largestDistance(new Float32Array(4), new Float32Array(8), 2), Infinity);
  });

  it('is judged by the farthest patch', () => {
    const a = Float32Array.of(1, 0, 0, 1, 0.6, 0.8);
    const b = Float32Array.of(1, 0, 0, 1, 0.6, 0.5);
    assert.ok(Math.abs(largestDistance(a, b, 2) - 0.3) < 1e-6);
  });

  it('that is no faster leaves the work to the CPU', () => {
    const selection = select([report('webgpu', { imagesPerSecond: 22, gigaflops: 100 })], cpu, false);
    assert.deepEqual([selection.network, selection.kernel], ['cpu', 'cpu']);
    assert.match(selection.reasons[0]!, /no faster/);
  });

  it('may be good for one thing and not for the other', () => {
    const selection = select(
      [report('coreml', { imagesPerSecond: 90, gigaflops: 2000, kernelDeviation: 0.003 })],
      cpu,
      false,
    );
    assert.deepEqual([selection.network, selection.kernel], ['coreml', 'cpu']);
  });

  it('that the person named is used though it is slow, but not when it is wrong', () => {
    assert.equal(select([report('webgpu', { imagesPerSecond: 1, gigaflops: 1 })], cpu, true).network, 'webgpu');
    const wrong = report('webgpu', { imagesPerSecond: 900, gigaflops: 900, networkDeviation: 0.1 });
    assert.equal(select([wrong], cpu, true).network, 'cpu');
  });

  it('that is not there is passed over, with its reason', () => {
    const { network, reasons } = select([{ device: 'webgpu', error: 'no adapter' }], cpu, false);
    assert.equal(network, 'cpu');
    assert.deepEqual(reasons, ['webgpu: no adapter']);
    assert.equal(judge({ device: 'cuda' }, cpu, false).reason, 'cuda: could not be measured');
  });

  it('takes the smallest batch that is about as fast as the fastest', () => {
    const speeds = (...values: number[]): BatchSpeed[] =>
      values.map((imagesPerSecond, i) => ({ batch: 2 ** i, imagesPerSecond, bytes: 0 }));
    assert.equal(bestBatch(speeds(10, 18, 30, 30.5)).batch, 4);
    assert.equal(bestBatch(speeds(10)).batch, 1);
    assert.equal(bestBatch(speeds(10, 9)).batch, 1);
  });
});

describe('a device that ended the engine', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anomaly-tests-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is passed over until somebody gives it another chance', async () => {
    await markAtWork(folder, ['webgpu']);
    assert.deepEqual(await crashedDevices(folder), new Set(), 'this process is alive');
    await unmark(folder);
    // No process has this id: Linux ends at 2^22.
    await writeFile(join(folder, 'devices-at-work', '99999999'), 'webgpu');
    assert.deepEqual(await crashedDevices(folder), new Set(['webgpu']));
    await forgetCrashes(folder);
    assert.deepEqual(await crashedDevices(folder), new Set());
  });
});

function report(
  device: DeviceReport['device'],
  values: { imagesPerSecond: number; gigaflops: number; networkDeviation?: number; kernelDeviation?: number },
): DeviceReport {
  const { imagesPerSecond, gigaflops, networkDeviation = 1e-5, kernelDeviation = 1e-6 } = values;
  return {
    device,
    network: { deviation: networkDeviation, speeds: [{ batch: 1, imagesPerSecond, bytes: 0 }] },
    kernel: { deviation: kernelDeviation, gigaflops },
  };
}
