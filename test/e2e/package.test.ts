// The package as people install it: made by vsce, put into a fresh VS Code, used by right-click.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import {
  chooseMenuItem,
  openBrowser,
  openExplorerMenu,
  openWorkbench,
  screenshot,
  webviewFrame,
} from '../tools/browser';
import { installTestTools, type TestTools } from '../tools/install';
import { startVSCode } from '../tools/vscode';
import { createWorkspace, readLabels, type Workspace } from './dataset';

const root = join(import.meta.dirname, '..', '..');
const target = 'linux-x64';
const largestMegabytes = 35;

describe('the packaged extension', () => {
  let workspace: Workspace;
  let tools: TestTools;
  let vsix: string;

  before(async function () {
    this.timeout(600_000);
    if (`${process.platform}-${process.arch}` !== target) {
      console.log(`skipped, needs ${target}`);
      this.skip();
    }
    tools = await installTestTools();
    workspace = await createWorkspace({ imagesPerClass: 2 });
    vsix = join(workspace.cache, '..', 'extension.vsix');
  });
  after(() => workspace?.remove());

  it(`is made by vsce and has less than ${largestMegabytes} MB`, () => {
    const vsce = join(root, 'node_modules', '.bin', 'vsce');
    const { status, stderr } = spawnSync(vsce, ['package', '--target', target, '--out', vsix], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.equal(status, 0, stderr);
    const megabytes = statSync(vsix).size / 1e6;
    assert.ok(megabytes < largestMegabytes, `${megabytes} MB`);
  });

  it('clusters a folder in a fresh VS Code', async () => {
    const vscode = await startVSCode(tools, { extension: vsix, env: { ANOMALY_CLUSTERING_CACHE: workspace.cache } });
    let browser: Browser | undefined;
    try {
      browser = await openBrowser(tools);
      const page = await openWorkbench(browser, vscode, workspace.folder);
      await openExplorerMenu(page, 'parts');
      await chooseMenuItem(page, 'Cluster Images by Anomaly Type');
      const gallery = await webviewFrame(page, 'section.cluster', 60_000);
      await gallery.waitForFunction(() =>
        [...document.querySelectorAll('img')].some(({ naturalWidth }) => naturalWidth > 0),
      );
      await screenshot(page, '6-packaged');
      assert.equal(readLabels(workspace).images.length, 10);
    } finally {
      await browser?.close();
      await vscode.stop();
    }
  });
});
