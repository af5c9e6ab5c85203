// What was measured of a device, and whether that is good enough to use it.
import type { DeviceName } from '../api/settings';

/** Images per second with so many images at once, and how far the process's memory rose meanwhile. */
export interface BatchSpeed {
  batch: number;
  imagesPerSecond: number;
  bytes: number;
}

/** One device and one network, measured. */
export interface DeviceReport {
  device: DeviceName;
  network?: {
    /** Largest distance between a patch embedding and the CPU's: unit vectors, so 0 to 2. */
    deviation: number;
    speeds: BatchSpeed[];
  };
  kernel?: {
    /** Largest difference of a squared distance from the CPU's. */
    deviation: number;
    gigaflops: number;
  };
  /** Why it cannot be used at all. */
  error?: string;
}

/** The devices that a run uses. */
export interface DeviceSelection {
  network: DeviceName;
  /** Images at once on the network's device. */
  batch: number;
  kernel: DeviceName;
  /** One sentence a device that was tried, for the log. */
  reasons: string[];
}

export const onlyCpu: DeviceSelection = { network: 'cpu', batch: 1, kernel: 'cpu', reasons: [] };

/** Half precision, which the cache keeps, moves an embedding by 0.0003; this is what a device may add. */
export const largestNetworkDeviation = 2e-3;
/** Of squared distances between 0 and 4: at a temperature of 0.03 it changes a weight by less than half a percent. */
export const largestKernelDeviation = 1e-4;
/** Below this gain the CPU stays: copying, drivers and another process's games cost, too. */
const leastGain = 1.2;

/** The smallest batch within 5 % of the fastest. */
export function bestBatch(speeds: readonly BatchSpeed[]): BatchSpeed {
  const fastest = Math.max(...speeds.map(({ imagesPerSecond }) => imagesPerSecond));
  return speeds.find(({ imagesPerSecond }) => imagesPerSecond >= 0.95 * fastest)!;
}

/** What a device may be used for. */
export interface Verdict {
  network: boolean;
  kernel: boolean;
  /** A sentence. */
  reason: string;
}

/**
 * Whether a device may run networks and compare patches. Each is judged by its own measurement.
 * @param isForced the person named this device: it need not be faster, but its results must still be right
 */
export function judge(report: DeviceReport, cpu: DeviceReport, isForced: boolean): Verdict {
  const { device, network, kernel, error } = report;
  if (error !== undefined || !network || !kernel) {
    return { network: false, kernel: false, reason: `${device}: ${error ?? 'could not be measured'}` };
  }
  const ofNetwork = judgeOne(
    network.deviation <= largestNetworkDeviation,
    `patches move by ${network.deviation.toExponential(1)}`,
    bestBatch(network.speeds).imagesPerSecond,
    cpu.network ? bestBatch(cpu.network.speeds).imagesPerSecond : 0,
    'images/s',
    isForced,
  );
  const ofKernel = judgeOne(
    kernel.deviation <= largestKernelDeviation,
    `squared distances differ by ${kernel.deviation.toExponential(1)}`,
    kernel.gigaflops,
    cpu.kernel?.gigaflops ?? 0,
    'GFLOP/s',
    isForced,
  );
  return {
    network: ofNetwork.use,
    kernel: ofKernel.use,
    reason: `${device}: network ${ofNetwork.reason}; comparing patches ${ofKernel.reason}`,
  };
}

function judgeOne(
  agrees: boolean,
  deviation: string,
  speed: number,
  cpuSpeed: number,
  unit: string,
  isForced: boolean,
): { use: boolean; reason: string } {
  if (!agrees) return { use: false, reason: `not used, ${deviation}` };
  const speeds = `${speed.toFixed(1)} ${unit}, CPU ${cpuSpeed.toFixed(1)}`;
  if (isForced) return { use: true, reason: `used as set (${speeds})` };
  const isFaster = speed >= leastGain * cpuSpeed;
  return { use: isFaster, reason: isFaster ? `used (${speeds})` : `not used, no faster (${speeds})` };
}

/** The first device that is good for the network, and the first that is good for comparing patches. */
export function select(reports: readonly DeviceReport[], cpu: DeviceReport, isForced: boolean): DeviceSelection {
  const selection = { ...onlyCpu, reasons: [] as string[] };
  for (const report of reports) {
    const verdict = judge(report, cpu, isForced);
    selection.reasons.push(verdict.reason);
    if (verdict.network && selection.network === 'cpu') {
      selection.network = report.device;
      selection.batch = bestBatch(report.network!.speeds).batch;
    }
    if (verdict.kernel && selection.kernel === 'cpu') selection.kernel = report.device;
  }
  return selection;
}
