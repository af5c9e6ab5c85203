// A device's thread for tests, in the place of worker/devices/thread.ts: right for a while, by the CPU's network, and then broken, as when
// a driver is reset in the middle of a run.
import { parentPort, type MessagePort } from 'node:worker_threads';
import type { DeviceResponse, DeviceFailure, DeviceRequest, DeviceSetup } from '../../worker/devices/device-messages';
import { Network } from '../../worker/features/network';

const rightAnswers = 3;
let answered = 0;
let network: Promise<Network> | undefined;

export function serve({ port, setup }: { port: MessagePort; setup: DeviceSetup }): Promise<void> {
  port.on(
    'message',
    (question: DeviceRequest) => void answer(question, setup).then((reply) => port.postMessage(reply)),
  );
  return new Promise((resolve) => port.once('close', resolve));
}

async function answer(question: DeviceRequest, { model }: DeviceSetup): Promise<DeviceResponse> {
  const { id, kind } = question;
  if (kind === 'embed' && answered++ < rightAnswers) {
    network ??= Network.open(model);
    return { id, kind, bag: await (await network).embed(question.rgb, question.elongation) };
  }
  const message = 'the driver was reset';
  parentPort!.postMessage({ failed: 'webgpu', message } satisfies DeviceFailure);
  return { id, kind: 'failed', message };
}
