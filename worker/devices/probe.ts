// A process of its own that measures one device and says what it found: a driver that crashes takes nothing else with it.
import type { DeviceName } from '../api';
import type { Model } from '../models/model';
import { measureDevice } from './measure';
import type { DeviceReport } from './report';

export interface ProbeRequest {
  device: DeviceName;
  model: Model;
  threads: number;
}

process.once('message', (request: ProbeRequest) => {
  void answer(request).then((report) => process.send!(report, () => process.disconnect()));
});

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
