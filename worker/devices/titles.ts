// What runs where, in words: for the log, the panel and the report.
import type { DeviceName } from '../api/settings';
import type { DeviceFailure } from './device-messages';
import type { DeviceSelection } from './selection';

export const deviceTitles: Record<DeviceName, string> = {
  cpu: 'the CPU',
  cuda: 'the GPU (CUDA)',
  directml: 'the GPU (DirectML)',
  coreml: 'the GPU (Core ML)',
  webgpu: 'the GPU (WebGPU)',
};

/** What is said of a run's devices. */
export interface DevicesUsed {
  devices: DeviceSelection;
  pool: { readonly threads: number; readonly deviceFailure: DeviceFailure | undefined };
}

/** "on the CPU with 4 threads", or which part runs where, and whether a device failed on the way. */
export function describeDevices({ devices, pool }: DevicesUsed): string {
  const { network, kernel, batch } = devices;
  const cpu = `the CPU with ${pool.threads} threads`;
  const place = (device: DeviceName) => (device === 'cpu' ? cpu : deviceTitles[device]);
  const batches = network === 'cpu' || batch === 1 ? '' : `, ${batch} images at once`;
  const compared = kernel === network ? '' : `; patches compared on ${place(kernel)}`;
  // The pool remembers a failure of an earlier run, too.
  const failure = network === 'cpu' && kernel === 'cpu' ? undefined : pool.deviceFailure;
  const failed = failure
    ? ` (${deviceTitles[failure.failed]} failed on the way: ${failure.message}; the rest ran on the CPU)`
    : '';
  return `on ${place(network)}${batches}${compared}${failed}`;
}
