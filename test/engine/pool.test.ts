// The pool's order: results come in the order of the items, and no more are under way than it says.
import assert from 'node:assert/strict';
import { Pool } from '../../worker/pool/pool';

describe('tasks in order', () => {
  const devices = (network: 'cpu' | 'webgpu') => ({ model: {}, devices: { network, kernel: 'cpu' } });

  for (const network of ['cpu', 'webgpu'] as const) {
    it(`are never more than there are places for, however slow their caller is: ${network}`, async () => {
      const pool = new Pool({ taskFile: 'none', deviceFile: 'none' });
      const started: number[] = [];
      // No thread is needed to count.
      pool.run = ((_name: string, { index }: { index: number }) => {
        started.push(index);
        return Promise.resolve(index);
      }) as unknown as Pool['run'];
      const items = Array.from({ length: 60 }, (_, index) => index);
      const input = (index: number) => ({ index, ...devices(network) }) as never;
      const places = pool.placesInOrder(input(0));
      let most = 0;
      let next = 0;
      for await (const [item, result] of pool.runInOrder('probe', items, input)) {
        assert.equal(item, next++);
        assert.equal(result, item);
        // This one is in our hands, and all behind it that were started are at work.
        most = Math.max(most, started.length - item);
      }
      assert.equal(most, places);
      assert.deepEqual(started, items);
      await pool.close();
    });
  }
});
