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

/** What follows a notification waits for its listener, where that takes a while. */
type Listeners = { [Name in NotificationName]?: (params: NewsOf<Name>) => unknown };

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Messages are dealt with in the order in which the host sent them: an answer holds what was told before it. */
export class RpcClient {
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners: Listeners = {};
  readonly #received: HostMessage[] = [];
  /** A listener is at work. */
  #isBusy = false;
  #lastId = 0;

  constructor(readonly channel: Channel) {
    channel.listen((message) => {
      if (!isHostMessage(message)) return;
      this.#received.push(message);
      this.#goOn();
    });
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

  /** One listener a notification. It must not wait for an answer, which would wait for it. */
  onNotification<Name extends NotificationName>(name: Name, listener: Required<Listeners>[Name]): void {
    this.#listeners[name] = listener;
  }

  #goOn(): void {
    const message = this.#isBusy ? undefined : this.#received.shift();
    if (!message) return;
    let work: Promise<unknown> | undefined;
    try {
      work = this.#dealWith(message);
    } finally {
      if (!work) this.#goOn();
    }
    if (!work) return;
    this.#isBusy = true;
    void work.finally(() => {
      this.#isBusy = false;
      this.#goOn();
    });
  }

  /** @returns the work of a listener that takes a while */
  #dealWith(message: HostMessage): Promise<unknown> | undefined {
    if (message.type === 'notification') {
      // Each listener gets the parameters of its own name.
      const work = (this.#listeners[message.name] as ((params: unknown) => unknown) | undefined)?.(message.params);
      return work instanceof Promise ? work : undefined;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'result') waiting?.resolve(message.result);
    else waiting?.reject(errorOf(message));
    return undefined;
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
