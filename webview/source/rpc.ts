// The page's end of the wire: every request becomes a promise that the host's result fulfils or its error rejects.
import { EngineError } from '../../worker/api/errors';
import type {
  ErrorMessage,
  HostMessage,
  NewsOf,
  NotificationName,
  PageMessage,
  ParamsOf,
  RequestName,
  ResultOf,
} from './protocol';

/** Where messages go and come from: the host's postMessage, or a pair of functions in a test. */
export interface Channel {
  post(message: PageMessage): void;
  listen(listener: (message: unknown) => void): void;
}

type Listeners = { [Name in NotificationName]?: (params: NewsOf<Name>) => void };

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class RpcClient {
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners: Listeners = {};
  #lastId = 0;

  constructor(readonly channel: Channel) {
    channel.listen((message) => this.#receive(message));
  }

  /** @throws (as a rejection) EngineError where the engine failed, another Error where something else did; both with the host's message */
  request<Name extends RequestName>(name: Name, params: ParamsOf<Name>): Promise<ResultOf<Name>> {
    const id = ++this.#lastId;
    return new Promise<ResultOf<Name>>((resolve, reject) => {
      // Only the result of this very request carries its id, so it has the right type.
      this.#waiting.set(id, { resolve, reject });
      this.channel.post({ type: 'request', id, name, params } as PageMessage);
    });
  }

  /** One listener a notification. */
  onNotification<Name extends NotificationName>(name: Name, listener: Required<Listeners>[Name]): void {
    this.#listeners[name] = listener;
  }

  #receive(message: unknown): void {
    if (!isHostMessage(message)) return;
    if (message.type === 'notification') {
      // Each listener gets the parameters of its own name.
      (this.#listeners[message.name] as ((params: unknown) => void) | undefined)?.(message.params);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'result') waiting?.resolve(message.result);
    else waiting?.reject(errorOf(message));
  }
}

function errorOf({ message, detail }: ErrorMessage): Error {
  return detail === undefined ? new Error(message) : new EngineError(detail, message);
}

/** Browser extensions and developer tools post to the same window. */
function isHostMessage(message: unknown): message is HostMessage {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return message.type === 'result' || message.type === 'error' || message.type === 'notification';
}
