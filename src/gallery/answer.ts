// How a request of the page is answered: by its result, or by what went wrong. Knows nothing of VS Code, so that it can be tested
// without one.
import type { AnswerMessage, GalleryHandlers, PageMessage, RequestName, ResultOf } from '../../webview/source/protocol';
import { EngineError } from '../../worker/api/errors';

/**
 * Answers one request of the page.
 * @param describe says what went wrong, for the person who reads the page
 * @returns what to post back: always an answer, also where the handler throws, rejects, or is not known
 */
export async function answer(
  handlers: GalleryHandlers,
  { id, name, params }: PageMessage,
  describe: (error: unknown) => string,
): Promise<AnswerMessage> {
  try {
    // The message carries the parameters of its own name.
    const handler = handlers[name] as (params: unknown) => Promise<ResultOf<RequestName>>;
    return { type: 'result', id, result: await handler(params) };
  } catch (error) {
    const message = describe(error);
    return error instanceof EngineError
      ? { type: 'error', id, message, detail: error.detail }
      : { type: 'error', id, message };
  }
}
