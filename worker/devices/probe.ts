// A process of its own that measures one device and says what it found: a driver that crashes takes nothing else with it.
import '../base/no-telemetry';
import type { DeviceName } from '../api/settings';
import { endWithParent } from '../base/end-with-parent';
import type { Model } from '../features/model';
import { Network } from '../features/network';
import { measureDevice } from './measure-device';
import type { DeviceReport } from './selection';

/** What the process is to measure; its only message. */
export interface ProbeRequest {
  device: DeviceName;
  model: Model;
  threads: number;
  /** Only runs the network once, and measures nothing. */
  once?: boolean;
  /** The process ends when it takes more. */
  memoryBytes: number;
}

process.once('message', (request: ProbeRequest) => {
  endWithParent(0, request.memoryBytes);
  void (request.once ? tryOnce(request) : answer(request)).then((report) =>
    process.send!(report, () => process.disconnect()),
  );
});

/** One image through the network. What it throws is the run's to say, which meets it again. */
async function tryOnce({ device, model, threads }: ProbeRequest): Promise<DeviceReport> {
  try {
    const network = await Network.open(model, device, threads);
    await network.embed(new Uint8Array(model.input.width * model.input.height * 3));
    return { device };
  } catch (error) {
    return { device, error: error instanceof Error ? error.message : String(error) };
  }
}

async function answer({ device, model, threads }: ProbeRequest): Promise<DeviceReport> {
  try {
    return await measureDevice(device, model, threads);
  } catch (error) {
    return { device, error: shorten(error instanceof Error ? error.message : String(error)) };
  }
}

/** The runtime's messages name its own source files and lines; people need the part behind them. */
function shorten(message: string): string {
  const text = message
    .replace(/^.*?was false\. /s, '')
    .replace(/^OrtSessionOptions\w+: /, '')
    .replace(/\/\S*onnxruntime\S*\s+\S+\s*/g, '');
  const [first = ''] = text.split('\n');
  return first.length > 200 ? `${first.slice(0, 200)}…` : first;
}
