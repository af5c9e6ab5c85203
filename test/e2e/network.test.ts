// Another network: chosen from the list, fetched with a progress that can be cancelled, used; and offered when a run lacks it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseFromList, chooseInExplorer, runCommand, screenshot, webviewFrame } from '../tools/browser';
import { eventually, eventuallyPasses } from '../tools/eventually';
import { headersOf, startHub, type Hub } from '../hub/hub';
import { tokenNetwork } from '../hub/token-network';
import { readLabels } from './dataset';
import { useSession } from './session';

describe('another network', () => {
  let hub: Hub | undefined;
  let library: string;
  const onnx = tokenNetwork(4);
  const firstPart = 1_500_000;
  const sha256 = createHash('sha256').update(onnx).digest('hex');
  const session = useSession('network', 3, undefined, async ({ cache }) => {
    hub = await startHub({
      'Xenova/dino-vits8/onnx/model.onnx': { bytes: onnx.length, segments: [{ offset: 0, bytes: onnx }], sha256 },
    });
    library = join(cache, '..', 'models');
    return { ANOMALY_CLUSTERING_HUB: hub.origin, ANOMALY_CLUSTERING_MODELS: library };
  });
  after(() => hub?.close());

  const rows = () => session.page.locator('.quick-input-list .monaco-list-row');
  const toast = (text: string | RegExp) => session.page.locator('.notification-toast', { hasText: text });
  /** The store sends a part and waits. */
  const stall = () =>
    hub!.faults.push(
      () => false,
      ({ response, range, file, content }) => {
        response.writeHead(206, headersOf(range, file));
        response.write(content.subarray(0, firstPart));
        return true;
      },
    );

  it('is chosen from a list with sizes, licences and notes', async () => {
    const { page } = session;
    await runCommand(page, 'Choose Network');
    await rows().filter({ hasText: 'DINO ViT-S/8' }).waitFor();
    const texts = await rows().allTextContents();
    assert.match(texts[0]!, /PatchNet-S.*in use · built in · MIT/);
    assert.ok(
      texts.some((text) => /WideResNet-50-2.*17 MB to fetch · BSD-3-Clause/.test(text)),
      texts.join('\n'),
    );
    await screenshot(page, '8-choose-network');
  });

  it('is fetched with a progress that can be cancelled, and then nothing has changed', async () => {
    const { page } = session;
    stall();
    await chooseFromList(page, 'DINO ViT-S/8', () => runCommand(page, 'Choose Network'));
    await toast('Fetching DINO ViT-S/8').waitFor();
    await toast(/ of 4\.0 MB/).waitFor();
    await screenshot(page, '9-fetching');
    await toast('Fetching DINO').locator('.monaco-button', { hasText: 'Cancel' }).click();
    await toast('Fetching DINO').waitFor({ state: 'detached' });
    assert.ok(!existsSync(join(library, 'dino-vits8', 'model.onnx')));
  });

  it('is fetched the second time from where it was, and set', async () => {
    const { page } = session;
    hub!.asked.length = 0;
    await chooseFromList(page, 'DINO ViT-S/8', () => runCommand(page, 'Choose Network'));
    await page.locator('.statusbar-item', { hasText: 'The next run uses dino-vits8' }).waitFor();
    assert.deepEqual(hub!.asked.at(-1), { start: firstPart, end: onnx.length });
    assert.deepEqual(readFileSync(join(library, 'dino-vits8', 'model.onnx')), Buffer.from(onnx));
    await runCommand(page, 'Choose Network');
    await rows().filter({ hasText: 'in use · on this machine' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('does the next run, which the label file records', async () => {
    const { page, workspace } = session;
    await chooseInExplorer(page, 'parts', 'Cluster Images by Anomaly Type');
    await webviewFrame(page, 'section.cluster');
    assert.equal(readLabels(workspace).method.model, `dino-vits8@${sha256.slice(0, 8)}`);
  });

  it('is offered when a run lacks it', async () => {
    const { page, workspace } = session;
    // The last run was with another file of the network, so that the label file tells when this one has run.
    const text = readFileSync(workspace.labelFile, 'utf8');
    const other = text.replace(`dino-vits8@${sha256.slice(0, 8)}`, 'dino-vits8@00000000').replace('""', '"kept"');
    writeFileSync(workspace.labelFile, other);
    const gallery = await webviewFrame(page, 'section.cluster');
    await gallery.locator('.cluster-title', { hasText: 'kept' }).waitFor();
    // The library is emptied under the engine's eyes, as by `models remove`.
    rmSync(library, { recursive: true });
    await page.locator('.activitybar a[aria-label^="Explorer"]').click();
    await chooseFromList(page, 'Cluster Again', () =>
      chooseInExplorer(page, 'parts', 'Cluster Images by Anomaly Type'),
    );
    const offer = toast('is not on this machine yet');
    await offer.waitFor();
    await screenshot(page, '10-network-missing');
    await offer.locator('.monaco-button', { hasText: 'Get It' }).click();
    await eventually('the network', () => existsSync(join(library, 'dino-vits8', 'model.onnx')));
    await eventuallyPasses('the labels of the run with it', () =>
      assert.equal(readFileSync(workspace.labelFile, 'utf8'), text.replace('""', '"kept"')),
    );
  });
});
