// A folder with normal images (Eq. 6) that is clustered again: the label file says how many there were, and nothing else follows from that number.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSample } from '../../worker/sample';
import { cli } from '../tools/paths';

describe('clustering again with normal images', () => {
  const work = mkdtempSync(join(tmpdir(), 'normals-again-'));
  after(() => rmSync(work, { recursive: true, force: true }));

  it('gives the temperature and the labels of the first time', async () => {
    const folder = join(work, 'parts');
    await makeSample(folder, { imagesPerClass: 3 });
    const cluster = (...more: string[]) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [cli, 'cluster', folder, '--device', 'cpu', '--json', ...more],
        {
          encoding: 'utf8',
          env: { ...process.env, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') },
        },
      );
      assert.equal(status, 0, stderr);
      const { temperature } = JSON.parse(stdout) as { temperature: number };
      return { temperature, labels: readFileSync(join(folder, 'anomaly-clusters.json'), 'utf8') };
    };
    const first = cluster('--normal', join(folder, 'test', 'good'));
    assert.match(first.labels, /"weights": "normal", .*"references": 3,/);
    assert.deepEqual(cluster(), first);
  });
});
