// ONNX Runtime sessions as this engine uses them: on the CPU one thread each, because the pool has one worker a core.
import { InferenceSession } from 'onnxruntime-node';
import type { DeviceName } from '../api/settings';
type Provider = NonNullable<InferenceSession.SessionOptions['executionProviders']>[number];

const providers: Record<DeviceName, Provider> = {
  cpu: 'cpu',
  cuda: 'cuda',
  directml: 'dml',
  coreml: 'coreml',
  webgpu: 'webgpu',
};

/** Spinning idle threads would take cores from the other workers; it buys no throughput. */
function options(device: DeviceName, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [providers[device]],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
    // DirectML refuses memory patterns: its buffers are not the CPU's.
    ...(device === 'directml' ? { enableMemPattern: false } : {}),
  };
}

/**
 * Opens a model from a file or from its bytes. It blocks its thread while running: never on the extension host's thread.
 * @param device what runs it; operators that a device lacks run on the CPU
 * @param threads of the CPU
 */
export function openSession(
  model: string | Uint8Array,
  device: DeviceName = 'cpu',
  threads = 1,
): Promise<InferenceSession> {
  return typeof model === 'string'
    ? InferenceSession.create(model, options(device, threads))
    : InferenceSession.create(model, options(device, threads));
}
