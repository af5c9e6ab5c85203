// How a request travels between the extension host and the engine's process, over JSON-RPC: the envelope, and what an error carries.
import type { EngineErrorDetail } from './errors';
import type { EngineRequestName, EngineRequests } from './requests';

/** The one parameter of every JSON-RPC request. */
export interface RequestEnvelope<Name extends EngineRequestName> {
  params: EngineRequests[Name]['params'];
  /** Progress is reported under this token; not at all where it is absent. */
  progressToken?: number;
}

/** The data of every JSON-RPC error that the engine answers with. */
export type ErrorData = EngineErrorDetail;

/** JSON-RPC's code of an error that is none of the protocol itself. */
export const jsonRpcInternalError = -32603;

/** What the engine sends when it can be asked. */
export const readyNotification = 'ready';
