// What goes between the gallery page and the extension host: every request is answered, also by a handler that throws.
import assert from 'node:assert/strict';
import { answer } from '../../../../src/gallery/answer';
import { RpcClient } from '../../../../webview/source/rpc';
import type { GalleryHandlers, HostMessage } from '../../../../webview/source/protocol';
import { EngineError } from '../../../../worker/api/errors';

const thumbnail = { path: 'a.png', uri: 'uri of a.png' };

/** Both ends of the wire. Messages are cloned on their way, as postMessage does. */
function connect(some: Partial<GalleryHandlers>) {
  const handlers = some as GalleryHandlers;
  let listener: (message: unknown) => void = () => undefined;
  const send = (message: unknown) => listener(structuredClone(message));
  const rpc = new RpcClient({
    post: (message) => {
      const request = structuredClone(message);
      void answer(handlers, request, (error) => (error instanceof Error ? error.message : String(error))).then(send);
    },
    listen: (receive) => (listener = receive),
  });
  return { rpc, send: (message: HostMessage | object) => send(message) };
}

describe("the page's requests", () => {
  it('are answered with their result, whichever handler is ready first', async () => {
    let release: () => void = () => undefined;
    const isReleased = new Promise<void>((resolve) => (release = resolve));
    const { rpc } = connect({
      map: async () => {
        await isReleased;
        return Float32Array.of(1, 2);
      },
      thumbnails: ({ paths }) => paths.map((path) => ({ ...thumbnail, path })),
    });
    const map = rpc.request('map', {});
    assert.deepEqual(await rpc.request('thumbnails', { paths: ['b.png'] }), [{ ...thumbnail, path: 'b.png' }]);
    release();
    assert.deepEqual(await map, Float32Array.of(1, 2));
  });

  it('fail when their handler throws or rejects', async () => {
    const { rpc } = connect({
      copy: () => {
        throw new Error('The clipboard is locked.');
      },
      compute: () => Promise.reject(new TypeError('No folder.')),
    });
    await assert.rejects(rpc.request('copy', { text: '' }), { name: 'Error', message: 'The clipboard is locked.' });
    await assert.rejects(rpc.request('compute', null), { name: 'Error', message: 'No folder.' });
  });

  it('fail when what is thrown is no error', async () => {
    const { rpc } = connect({
      copy: () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw 'a string';
      },
    });
    await assert.rejects(rpc.request('copy', { text: '' }), { message: 'a string' });
  });

  it('fail when the host does not know them', async () => {
    await assert.rejects(connect({}).rpc.request('map', {}), Error);
  });

  it("keep the engine's code and what it is about", async () => {
    const detail = { code: 'label-file-invalid', file: '/parts/labels.json', place: { line: 3, column: 7 } } as const;
    const { rpc } = connect({
      change: () => Promise.reject(new EngineError(detail, 'The label file cannot be read.')),
      similarRegion: () => Promise.reject(new EngineError({ code: 'cancelled' }, 'Cancelled.')),
    });
    const failed = await rpc.request('change', { kind: 'merge', clusters: [1, 2] }).catch((error: unknown) => error);
    assert.ok(failed instanceof EngineError);
    assert.equal(failed.message, 'The label file cannot be read.');
    assert.deepEqual(failed.detail, detail);
    const region = { left: 0, top: 0, width: 1, height: 1 };
    await assert.rejects(rpc.request('similarRegion', { path: 'a.png', region, limit: 1 }), { code: 'cancelled' });
  });
});

describe("the host's news", () => {
  it('reach the listener of their name; what others post to the window does not', () => {
    const { rpc, send } = connect({});
    const heard: unknown[] = [];
    rpc.onNotification('select', ({ paths }) => heard.push(paths));
    send({ type: 'notification', name: 'searchProgress', params: { done: 1, total: 2 } });
    send({ type: 'notification', name: 'select', params: { paths: ['a.png'] } });
    send({ source: 'developer tools', name: 'select', params: { paths: ['b.png'] } });
    assert.deepEqual(heard, [['a.png']]);
  });
});
