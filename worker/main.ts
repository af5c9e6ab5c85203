// The engine as a child process of the extension host: requests come over the process's message channel.
// A native crash ends this process, never the extension host; what was finished is found in the cache.
import './base/no-telemetry';
import type { EngineRequestName, EngineRequests, Progress } from './api/requests';
import { jsonRpcInternalError, readyNotification, type ErrorData, type RequestEnvelope } from './api/envelope';
import { EngineError } from './api/errors';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ProgressType,
  ResponseError,
  type CancellationToken,
} from 'vscode-jsonrpc/node';
import { openEngine } from './session/engine';
import { Run } from './session/run';
import { cancel, createCancelFlag, type CancelFlag } from './base/cancel';
import { endWithParent } from './base/end-with-parent';
import { handlers } from './service';

/** For what is at work when the window goes: enough for most, and the window's processes are gone within five seconds. */
const graceMilliseconds = 3000;

endWithParent(graceMilliseconds);
const engine = openEngine(__dirname);
const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const progressType = new ProgressType<Progress>();
/** Requests that embed images. */
const fillsCache = new Set<EngineRequestName>(['cluster', 'similarRegion']);
/** Flags of the requests at work. */
const active = new Set<CancelFlag>();

async function answer<Name extends EngineRequestName>(
  name: Name,
  { params, progressToken }: RequestEnvelope<Name>,
  token: CancellationToken,
): Promise<EngineRequests[Name]['result']> {
  const flag = createCancelFlag();
  active.add(flag);
  token.onCancellationRequested(() => cancel(flag));
  const onProgress = (progress: Progress) => {
    if (progressToken !== undefined) void connection.sendProgress(progressType, progressToken, progress);
  };
  try {
    return await handlers[name](new Run(engine, flag, onProgress), params);
  } catch (error) {
    throw toResponseError(error);
  } finally {
    active.delete(flag);
    if (fillsCache.has(name)) void engine.cache.prune();
  }
}

function toResponseError(error: unknown): ResponseError<ErrorData> {
  if (error instanceof EngineError) return new ResponseError(jsonRpcInternalError, error.message, error.detail);
  console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  return new ResponseError(jsonRpcInternalError, `The engine failed: ${message}. The log has the details.`, {
    code: 'internal',
  });
}

for (const name of Object.keys(handlers) as EngineRequestName[]) {
  connection.onRequest(name, (call: RequestEnvelope<typeof name>, token: CancellationToken) =>
    answer(name, call, token),
  );
}
connection.listen();
void connection.sendNotification(readyNotification);

// The host went away: stop at the next safe place, then end. Leaving while ONNX Runtime works would be a crash.
process.on('disconnect', () => {
  for (const flag of active) cancel(flag);
  void engine.pool.close().finally(() => process.exit(0));
});
