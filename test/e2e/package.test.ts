// The package as people install it: made as for a release, put into a fresh VS Code, used by right-click.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseInExplorer, screenshot, webviewFrame } from '../tools/browser';
import { makePackages } from '../tools/package';
import { readLabels } from './dataset';
import { useSession } from './session';

const target = 'linux-x64';
const largestMegabytes = 35;

describe('the packaged extension', () => {
  let folder: string;
  let file: string;
  const vsix = () => file;

  before(function () {
    if (`${process.platform}-${process.arch}` !== target) {
      console.log(`skipped, needs ${target}`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'package-'));
    file = makePackages(folder, [target]).get(target) ?? '';
    if (file === '') this.skip();
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));
  const session = useSession('package', 2, vsix);

  it(`has less than ${largestMegabytes} MB`, () => {
    const megabytes = statSync(vsix()).size / 1e6;
    assert.ok(megabytes < largestMegabytes, `${megabytes} MB`);
  });

  it('clusters a folder in a fresh VS Code', async () => {
    const { page, workspace } = session;
    await chooseInExplorer(page, 'parts', 'Cluster Images by Anomaly Type');
    const gallery = await webviewFrame(page, 'section.cluster');
    await gallery.waitForFunction(() =>
      [...document.querySelectorAll('img')].some(({ naturalWidth }) => naturalWidth > 0),
    );
    await screenshot(page, '6-packaged');
    assert.equal(readLabels(workspace).images.length, 10);
  });
});
