// The short part of the fault campaign (`npm run test:faults` is the whole): a few faults of every kind lose nothing.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kinds, tryKind } from './campaign';
import type { Kind } from './kind';
import { setScene, type Scene } from './scene';

describe('a fault loses nothing', () => {
  const work = mkdtempSync(join(tmpdir(), 'faults-'));
  let scene: Scene;
  before(async () => (scene = await setScene(work)));
  after(() => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  for (const [name, kind] of Object.entries<Kind>(kinds)) {
    it(kind.title, async function () {
      const { tried, reasons, skipped } = await tryKind(kind, scene, kind.few, 1, join(work, name));
      if (skipped !== undefined) {
        console.log(`      skipped, needs ${skipped}`);
        this.skip();
      }
      assert.deepEqual(reasons, []);
      assert.equal(tried, kind.few);
    });
  }
});
