// A download one level up, in a real VS Code: which of its datasets is meant is asked, and the one that is chosen is clustered.
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeSample } from '../../worker/sample';
import { chooseFromList, chooseInExplorer, runCommand, screenshot, webviewFrame } from '../tools/browser';
import { eventuallyPasses } from '../tools/eventually';
import { useSession } from './session';

describe('a folder of several datasets', () => {
  const session = useSession('several-datasets', 2);
  const picker = () => session.page.locator('.quick-input-widget', { hasText: 'parts holds 2 datasets. Which one?' });
  const rows = () => picker().locator('.monaco-list-row');
  const labels = (...names: string[]) => existsSync(join(session.workspace.dataset, ...names, 'anomaly-clusters.json'));
  const openPicker = async () => {
    await runCommand(session.page, 'View: Show Explorer');
    await chooseInExplorer(session.page, 'parts', 'Cluster Images by Anomaly Type');
    await picker().waitFor();
  };

  before(async () => {
    const { dataset } = session.workspace;
    rmSync(dataset, { recursive: true });
    for (const [seed, name] of ['bolt', 'nut'].entries())
      await makeSample(join(dataset, name), { imagesPerClass: 2, seed });
  });

  it('is not clustered before somebody says what is meant', async () => {
    await openPicker();
    assert.deepEqual(await rows().locator('.label-name').allInnerTexts(), ['bolt', 'nut', 'All images together']);
    await screenshot(session.page, '31-several-datasets');
    await session.page.keyboard.press('Escape');
    await picker().waitFor({ state: 'hidden' });
    assert.deepEqual([labels(), labels('bolt'), labels('nut')], [false, false, false]);
  });

  it('gives the one that is chosen', async () => {
    await chooseFromList(session.page, 'nut', openPicker);
    await eventuallyPasses('the labels of nut', () =>
      assert.deepEqual([labels(), labels('bolt'), labels('nut')], [false, false, true]),
    );
    // It opens after the labels are written, and takes the focus when it does.
    await webviewFrame(session.page, 'li.tile');
    await runCommand(session.page, 'View: Close All Editors');
  });

  it('is clustered as one where that is meant, and not asked about again', async () => {
    await chooseFromList(session.page, 'All images together', openPicker);
    await eventuallyPasses('labels of all', () => assert.ok(labels()));
  });
});
