// How the engine fails: one error type, whose message can be shown as it is and whose detail says what can be done about it.

/** What went wrong and what it is about, as plain data that processes and threads exchange. Callers decide by it, never by the message. */
export type EngineErrorDetail =
  | {
      code:
        | 'cancelled'
        | 'invalid-setting'
        | 'unsupported-platform'
        | 'device-unavailable'
        | 'download-failed'
        | 'download-refused';
    }
  | { code: 'folder-not-found' | 'folder-not-empty'; folder: string }
  | { code: 'too-few-images'; folder?: string }
  /** A work folder of several machines that holds no plan, or one that cannot be used. */
  | { code: 'work-invalid'; work: string }
  /** Some machines have not done their part yet. */
  | { code: 'shards-missing'; work: string; shards: number[] }
  /** The clusters have names, and would have no image any more. */
  | { code: 'would-end-clusters'; clusters: { id: number; name: string }[] }
  /** `place` counts lines and columns from 1; absent where the whole file is meant. */
  | { code: 'label-file-invalid'; file: string; place?: { line: number; column: number } }
  /** `network`: as `getModel` takes it. */
  | { code: 'model-not-installed'; network: string }
  /** An id, or the path of a file. */
  | { code: 'model-not-found'; network: string }
  /** `file` is absent where what was fetched is wrong, and nothing of it was kept. */
  | { code: 'model-invalid'; file?: string }
  | { code: 'mask-invalid' | 'area-invalid' | 'not-writable'; file: string }
  /** A fault of ours, or of the machine. */
  | { code: 'internal'; file?: string };

export type EngineErrorCode = EngineErrorDetail['code'];

/** The one error type of the engine: what happened, to what, and what to do, in a message that can be shown as it is. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly detail: EngineErrorDetail,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get code(): EngineErrorCode {
    return this.detail.code;
  }
}
