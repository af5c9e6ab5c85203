// The package as people install it: made by vsce, put into a fresh VS Code, used by right-click.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseMenuItem, openExplorerMenu, screenshot, webviewFrame } from '../tools/browser';
import { readLabels } from './dataset';
import { setUpMilliseconds, useSession } from './session';

const root = join(import.meta.dirname, '..', '..');
const target = 'linux-x64';
const largestMegabytes = 35;

describe('the packaged extension', () => {
  let folder: string;
  const vsix = () => join(folder, 'extension.vsix');

  before(function () {
    this.timeout(setUpMilliseconds);
    if (`${process.platform}-${process.arch}` !== target) {
      console.log(`skipped, needs ${target}`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'package-'));
    const vsce = join(root, 'node_modules', '.bin', 'vsce');
    const { status, stderr } = spawnSync(vsce, ['package', '--target', target, '--out', vsix()], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.equal(status, 0, stderr);
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));
  const session = useSession('package', 2, vsix);

  it(`has less than ${largestMegabytes} MB`, () => {
    const megabytes = statSync(vsix()).size / 1e6;
    assert.ok(megabytes < largestMegabytes, `${megabytes} MB`);
  });

  it('clusters a folder in a fresh VS Code', async () => {
    const { page, workspace } = session;
    await openExplorerMenu(page, 'parts');
    await chooseMenuItem(page, 'Cluster Images by Anomaly Type');
    const gallery = await webviewFrame(page, 'section.cluster', 60_000);
    await gallery.waitForFunction(() =>
      [...document.querySelectorAll('img')].some(({ naturalWidth }) => naturalWidth > 0),
    );
    await screenshot(page, '6-packaged');
    assert.equal(readLabels(workspace).images.length, 10);
  });
});
