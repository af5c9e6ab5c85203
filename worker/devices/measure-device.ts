// Measures a device with a network: does it give the CPU's numbers, how fast, and with how many images at once.
import { freemem } from 'node:os';
import { squaredDistance } from '../algebra/vectors';
import type { DeviceName } from '../api/settings';
import { NearestPatchKernel, type PatchKernel } from '../bags/kernel';
import { Network } from '../features/network';
import type { Model, ModelInput } from '../features/model';
import { createRandom } from '../base/random';
import type { BatchSpeed, DeviceReport } from './selection';

/** Long enough for a graphics card to leave its idle clock, short enough that nobody waits for it. */
const secondsPerSpeed = 0.3;
const largestBatch = 32;
/** No batch makes such a device useful. */
const hopelessImagesPerSecond = 1;
/** A larger batch must pay. */
const leastGain = 1.05;
/** Share of the free memory that a batch may take: graphics cards of laptops share it. */
const memoryShare = 0.25;
/** Images of B in one product when a device compares patches. */
const kernelImages = 4;

/**
 * @param threads that the CPU has, for its own speed
 * @throws what the runtime throws where there is no such device
 */
export async function measureDevice(device: DeviceName, model: Model, threads: number): Promise<DeviceReport> {
  const images = Array.from({ length: largestBatch }, (_, seed) => picture(model.input, seed + 1));
  const network = await Network.open(model, device, device === 'cpu' ? threads : 1);
  const { embeddings, dimensions } = await network.embed(images[0]!);
  const reference = await Network.open(model);
  const bag = (await reference.embed(images[0]!)).embeddings;
  const report: DeviceReport = {
    device,
    network: {
      deviation: largestDistance(embeddings, bag, dimensions),
      speeds: await networkSpeeds(network, images, device === 'cpu' ? 1 : largestBatch),
    },
  };

  const block = new Float32Array(bag.length * kernelImages);
  for (let i = 0; i < kernelImages; i++) block.set((await reference.embed(images[i + 1]!)).embeddings, i * bag.length);
  const compare = (by: PatchKernel) => by.run(bag, block, kernelImages, dimensions);
  const kernel = await NearestPatchKernel.open(false, device, device === 'cpu' ? threads : 1);
  const squares = await compare(kernel);
  const expected = await compare(await NearestPatchKernel.open());
  const seconds = await medianSeconds(() => compare(kernel));
  report.kernel = {
    deviation: Math.max(
      largestDifference(squares.forward, expected.forward),
      largestDifference(squares.backward, expected.backward),
    ),
    gigaflops: (2 * (bag.length / dimensions) * block.length) / seconds / 1e9,
  };
  return report;
}

/** Doubles the batch while that pays and memory allows. The first batch always counts. */
async function networkSpeeds(network: Network, images: Uint8Array[], limit: number): Promise<BatchSpeed[]> {
  const speeds: BatchSpeed[] = [];
  for (let batch = 1; batch <= limit; batch *= 2) {
    const before = process.memoryUsage.rss();
    const allowed = freemem() * memoryShare;
    try {
      const run = () => network.embedAll(images.slice(0, batch));
      // The first image has warmed up the first batch.
      if (batch > 1) await run();
      const seconds = await medianSeconds(run);
      const bytes = Math.max(0, process.memoryUsage.rss() - before);
      const last = speeds.at(-1);
      speeds.push({ batch, imagesPerSecond: batch / seconds, bytes });
      const pays = !last || batch / seconds >= leastGain * last.imagesPerSecond;
      if (bytes > allowed || !pays || batch / seconds < hopelessImagesPerSecond) break;
    } catch (error) {
      // A graphics card that is full says so; what fitted before still fits.
      if (speeds.length === 0) throw error;
      break;
    }
  }
  return speeds;
}

/** Of what has run before. A device that is very slow runs once more only. */
async function medianSeconds(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + secondsPerSpeed * 1000;
  while (times.length === 0 || performance.now() < end) {
    const start = performance.now();
    await run();
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Smooth waves with some noise, different for every seed: enough for every patch to be its own. (H, W, 3) */
function picture({ width, height }: ModelInput, seed: number): Uint8Array {
  const random = createRandom(seed);
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const wave = Math.sin((x * seed) / 17) + Math.cos((y * (seed + 3)) / 23) + Math.sin((x * y) / 997);
      for (let c = 0; c < 3; c++) rgb[(y * width + x) * 3 + c] = 128 + 25 * wave + random.between(-20, 20) + 5 * c;
    }
  }
  return rgb;
}

/** Of two lists of embeddings (M, D): the largest distance between the same patches. */
export function largestDistance(a: Float32Array, b: Float32Array, dimensions: number): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let start = 0; start < a.length; start += dimensions) {
    const distance = Math.sqrt(squaredDistance(a, start, b, start, dimensions));
    // NaN is larger than everything here: a device that gives it is wrong.
    if (!(distance <= largest)) largest = Number.isNaN(distance) ? Infinity : distance;
  }
  return largest;
}

/** Of two lists of numbers: the largest |a − b| at the same place; Infinity for NaN or different lengths. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  return largestDistance(a, b, 1);
}
