// The engine as a child process of the extension host: requests come over the process's message channel.
// A native crash ends this process, never the extension host; what was finished is found in the cache.
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ProgressType,
  ResponseError,
  type CancellationToken,
} from 'vscode-jsonrpc/node';
import { EngineError, type EngineRequestName, type EngineRequests, type Progress } from './api';
import { openEngine, startRun } from './engine';
import { cancel, createCancelFlag, type CancelFlag } from './cancel';
import { handlers } from './service';

/** Envelope of every request: the parameters, and where progress is to be sent. */
interface Call<Name extends EngineRequestName> {
  params: EngineRequests[Name]['params'];
  progressToken?: number;
}

const engine = openEngine(__dirname);
const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const progressType = new ProgressType<Progress>();
/** Requests that embed images. */
const fillsCache = new Set<EngineRequestName>(['cluster', 'similarRegion']);
/** Flags of the requests at work. */
const active = new Set<CancelFlag>();

async function answer<Name extends EngineRequestName>(
  name: Name,
  { params, progressToken }: Call<Name>,
  token: CancellationToken,
): Promise<EngineRequests[Name]['result']> {
  const flag = createCancelFlag();
  active.add(flag);
  token.onCancellationRequested(() => cancel(flag));
  const onProgress = (progress: Progress) => {
    if (progressToken !== undefined) void connection.sendProgress(progressType, progressToken, progress);
  };
  try {
    return await handlers[name](startRun(engine, flag, onProgress), params);
  } catch (error) {
    throw toResponseError(error);
  } finally {
    active.delete(flag);
    if (fillsCache.has(name)) void engine.cache.prune();
  }
}

function toResponseError(error: unknown): ResponseError<{ code: string; file?: string }> {
  const internalError = -32603;
  if (error instanceof EngineError) {
    return new ResponseError(internalError, error.message, {
      code: error.code,
      ...(error.file === undefined ? {} : { file: error.file }),
    });
  }
  console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  return new ResponseError(internalError, `The engine failed: ${message}. The log has the details.`, {
    code: 'internal',
  });
}

for (const name of Object.keys(handlers) as EngineRequestName[]) {
  connection.onRequest(name, (call: Call<typeof name>, token: CancellationToken) => answer(name, call, token));
}
connection.listen();

// The host went away: stop at the next safe place, then end. Leaving while ONNX Runtime works would be a crash.
process.on('disconnect', () => {
  for (const flag of active) cancel(flag);
  void engine.pool.close().finally(() => process.exit(0));
});
