// ONNX Runtime sessions as this engine uses them: one thread each, because the pool has one worker a core.
import { InferenceSession } from 'onnxruntime-node';

/** Spinning idle threads would take cores from the other workers; it buys no throughput. */
const options: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  extra: { session: { intra_op: { allow_spinning: '0' } } },
  logSeverityLevel: 3,
};

/** Opens a model from a file or from its bytes. It blocks its thread while running: never on the extension host's thread. */
export function openSession(model: string | Uint8Array): Promise<InferenceSession> {
  return typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options);
}
