// The engine is killed in the middle of a run: VS Code lives on, nothing is lost, and trying again goes on from the cache.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseFromList, chooseInExplorer, screenshot, webviewFrame } from '../tools/browser';
import { readLabels } from './dataset';
import { useSession } from './session';

describe('a killed engine', () => {
  const session = useSession('crash', 10);

  const labels = `{
  "version": 1,
  "root": ".",
  "method": { "model": "patchnet-s@0", "distance": "weighted-average", "weights": "unsupervised", "aggregate": "mean", "references": "all", "seed": 0, "temperature": "auto", "clusterer": "ward", "clusters": "auto" },
  "clusters": [
    { "id": 7, "name": "named by a person", "color": 2 }
  ],
  "images": [
    { "path": "test/crack/000.png", "cluster": 7, "pinned": true }
  ]
}
`;
  let bagsBefore = 0;

  it('leaves VS Code alive and the label file as it was, and offers to retry', async () => {
    const { page, vscode, workspace } = session;
    writeFileSync(workspace.labelFile, labels);
    await chooseFromList(page, 'Cluster Again', () =>
      chooseInExplorer(page, 'parts', 'Cluster Images by Anomaly Type'),
    );
    await page.locator('.notification-toast', { hasText: /comparing|embedding images, [1-9]\d/ }).waitFor();
    process.kill(engineOf(vscode.pid), 'SIGKILL');
    const toast = page.locator('.notification-toast', { hasText: 'The engine stopped unexpectedly' });
    await toast.waitFor();
    await screenshot(page, '5-engine-killed');
    assert.equal(readFileSync(workspace.labelFile, 'utf8'), labels);
    bagsBefore = countFiles(join(workspace.cache, 'bags'));
    assert.ok(bagsBefore > 0, 'finished work is in the cache');
  });

  it('goes on from the cache when asked to retry, and keeps what a person did', async () => {
    const { page, workspace } = session;
    await page.locator('.notification-toast .monaco-button', { hasText: 'Retry' }).click();
    await webviewFrame(page, 'section.cluster');
    const { images, clusters } = readLabels(workspace);
    assert.equal(images.length, 50);
    assert.equal(clusters.find(({ id }) => id === 7)?.name, 'named by a person');
    assert.deepEqual(
      images.find(({ path }) => path === 'test/crack/000.png'),
      { path: 'test/crack/000.png', cluster: 7, pinned: true },
    );
  });
});

/** The engine's process among all descendants of a server. */
function engineOf(server: number): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
        return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
      } catch {
        // Ended while the list was read.
        return [];
      }
    });
  const family = new Set([server]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  const engine = processes.find(({ pid, command }) => family.has(pid) && /dist[/\\]main\.cjs/.test(command));
  assert.ok(engine, 'the engine runs');
  return engine.pid;
}

function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.bin')).length;
}
