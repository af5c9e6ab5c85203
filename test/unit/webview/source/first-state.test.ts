// How a page gets what it shows first: sent ahead while it loads, answered when it asks, or asked for again where it was missed.
import assert from 'node:assert/strict';
import { packText } from '../../../../src/gallery/packed-text';
import { HostSource } from '../../../../webview/source/host-source';
import { unpackText } from '../../../../webview/source/packed-text';
import type { GalleryState, HostMessage, PageMessage } from '../../../../webview/source/protocol';
import { RpcClient } from '../../../../webview/source/rpc';
import { packAnalysis } from '../../../../worker/api/packed-analysis';

const analysis = packAnalysis({
  scale: { min: 0, max: 1, usual: 0.5, unusual: 0.9 },
  temperature: 1,
  images: [{ path: 'a.png', score: 0.5 }],
  merges: [],
});

async function labelled(text: string, more: { analysisId: string | null; hasAnalysis?: boolean }) {
  const { analysisId, hasAnalysis = false } = more;
  const labels = await packText(text);
  return { kind: 'labels', title: 'parts', labels, analysisId, ...(hasAnalysis ? { analysis } : {}) } as GalleryState;
}

interface Host {
  push: (state: GalleryState) => void;
  select: (paths: string[]) => void;
}

/**
 * A source, and the host's end of the wire: messages are cloned on their way, as postMessage does.
 * @param onReady what the host does before it answers
 */
function connect(onReady: (hasMissed: boolean, host: Host) => Promise<void> | void) {
  let listener: (message: unknown) => void = () => undefined;
  const send = (message: HostMessage) => listener(structuredClone(message));
  const host: Host = {
    push: (params) => send({ type: 'notification', name: 'stateChanged', params }),
    select: (paths) => send({ type: 'notification', name: 'select', params: { paths } }),
  };
  const asked: boolean[] = [];
  const rpc = new RpcClient({
    post: (message: PageMessage) => {
      if (message.name !== 'ready') return;
      const { hasMissed } = message.params;
      asked.push(hasMissed);
      void Promise.resolve(onReady(hasMissed, host)).then(() => send({ type: 'result', id: message.id, result: null }));
    },
    listen: (receive) => (listener = receive),
  });
  const source = new HostSource(rpc, { load: () => undefined, save: () => undefined });
  const shown: string[] = [];
  source.subscribe((state) => shown.push(state.kind === 'labels' ? state.labels : state.kind));
  return { source, shown, asked, ...host };
}

describe('the first state of a page', () => {
  it('is what was sent ahead, and the page is begun once', async () => {
    const { source, push, shown, asked } = connect(() => undefined);
    const first = await labelled('{"ä": "first"}', { analysisId: '1', hasAnalysis: true });
    let begun = 0;
    const started = source.start(() => begun++);
    push(first);
    await started;
    assert.deepEqual([begun, shown, asked], [1, ['{"ä": "first"}'], [false]]);
    assert.deepEqual((await source.analysis())?.images, [{ path: 'a.png', score: 0.5 }]);
  });

  it('is sent before the answer where it was not sent ahead', async () => {
    const { source, shown, asked } = connect(async (_, { push }) => push(await labelled('sent', { analysisId: null })));
    let begun = 0;
    await source.start(() => begun++);
    assert.deepEqual([begun, shown, asked], [1, ['sent'], [false]]);
    assert.equal(await source.analysis(), null);
  });

  it('is asked for again where what was sent ahead did not come', async () => {
    const { source, shown, asked } = connect(async (hasMissed, { push }) => {
      if (hasMissed) push(await labelled('again', { analysisId: '1', hasAnalysis: true }));
    });
    await source.start(() => undefined);
    assert.deepEqual({ shown, asked }, { shown: ['again'], asked: [false, true] });
  });

  it('is asked for again where only a later one came, which has no analysis', async () => {
    const { source, shown, asked } = connect(async (hasMissed, { push }) => {
      if (hasMissed) push(await labelled('again', { analysisId: '1', hasAnalysis: true }));
      else push(await labelled('later', { analysisId: '1' }));
    });
    await source.start(() => undefined);
    assert.deepEqual({ shown, asked }, { shown: ['later', 'again'], asked: [false, true] });
    assert.notEqual(await source.analysis(), null);
  });

  it('is followed by others in the order in which they were sent, however long each takes to unpack', async () => {
    const long = await labelled('x'.repeat(5_000_000), { analysisId: null });
    const short = await labelled('short', { analysisId: null });
    const { source, push, shown } = connect(() => undefined);
    push(long);
    push(short);
    await source.start(() => undefined);
    assert.deepEqual(
      shown.map(({ length }) => length),
      [5_000_000, 5],
    );
  });

  it('is shown before anything that was sent after it, which the page that it begins hears', async () => {
    const first = await labelled('x'.repeat(5_000_000), { analysisId: null });
    const { source, push, select } = connect(() => undefined);
    push(first);
    select(['a.png']);
    const selected: string[][] = [];
    await source.start(() => source.onSelect((paths) => selected.push(paths)));
    assert.deepEqual(selected, [['a.png']]);
  });

  it('says what could not be unpacked, and shows the next', async () => {
    const next = await labelled('next', { analysisId: null });
    const { source, push, shown } = connect(() => undefined);
    push({ kind: 'labels', title: 't', labels: Uint8Array.of(1, 2, 3), analysisId: null });
    push(next);
    await source.start(() => undefined);
    assert.deepEqual(shown, ['failed', 'next']);
  });

  it('says what went wrong', async () => {
    const { source } = connect((_, { push }) =>
      push({ kind: 'invalid', title: 't', message: 'm', line: 1, column: 1 }),
    );
    await source.start(() => undefined);
    assert.equal(source.state.kind, 'invalid');
  });
});

describe('a text on its way to a page', () => {
  for (const text of ['', '{"path": "ä/日本.png"}', 'line\r\n'.repeat(100_000)])
    it(`is the same when it is there: ${JSON.stringify(text.slice(0, 30))}, ${text.length} characters`, async () => {
      const packed = await packText(text);
      assert.equal(Object.getPrototypeOf(packed), Uint8Array.prototype);
      assert.equal(await unpackText(structuredClone(packed)), text);
    });
});
