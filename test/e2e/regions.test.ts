// Images with two defects each: regions as outlines on the images and as tiles of their own, corrected one by one and undone.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRegionKey, regionKey, type LabelImage } from '../../worker/labels';
import { runCommand, screenshot, webviewFrame } from '../tools/browser';
import { eventually } from '../tools/eventually';
import { makeTwoDefects } from '../tools/two-defects';
import { readLabels } from './dataset';
import { GalleryPage, untilNothingLoads } from './gallery-page';
import { useSession } from './session';

describe('regions in the gallery', () => {
  const session = useSession('regions', 1, undefined, async ({ folder, dataset }) => {
    rmSync(dataset, { recursive: true });
    await makeTwoDefects(dataset, { images: 12 });
    mkdirSync(join(folder, '.vscode'));
    writeFileSync(join(folder, '.vscode', 'settings.json'), '{ "anomalyClustering.regions": true }');
    return {};
  });
  const gallery = new GalleryPage(session);
  const toggle = () => gallery.frame.locator('.toolbar button.toggle', { hasText: 'Regions' });
  const panel = () => gallery.frame.locator('.toolbar button.toggle', { hasText: 'Clusters' });
  let image: LabelImage;
  let keys: string[];

  it('are outlined on the images, in the colours of their clusters', async () => {
    await gallery.cluster();
    const { method, images } = readLabels(session.workspace);
    assert.equal(method.regions, true);
    const several = images.filter(({ regions = [] }) => regions.length > 1);
    assert.ok(several.length >= 6, `${several.length} of 12 images have several regions`);
    const shown = new Set((await gallery.sections()).flatMap((section) => section.shown));
    image = several.find(({ path }) => shown.has(path))!;
    keys = image.regions!.map(({ box }) => regionKey(image.path, box));
    await gallery
      .tile(image.path)
      .locator('.region-outline')
      .nth(keys.length - 1)
      .waitFor({ state: 'attached' });
    await gallery.untilPictured();
    // The dendrogram is that of the regions: it is cut among these.
    assert.ok(await panel().isHidden());
    await screenshot(session.page, '70-images-with-regions');
    await gallery.zoomInto(image.path);
    assert.equal(await gallery.frame.locator('.zoom-sheet .region-outline').count(), keys.length);
    await screenshot(session.page, '71-image-with-regions');
    await session.page.keyboard.press('Escape');
  });

  it('are tiles of their own, with the image around them under the pointer', async () => {
    await toggle().click();
    await gallery.frame.locator('li.tile[data-path*="@"]').first().waitFor();
    // An image whose regions all have a place in the rows.
    const shown = new Set((await gallery.sections()).flatMap((section) => section.shown));
    const seen = readLabels(session.workspace).images.find((each) => {
      const { length } = (each.regions ?? []).filter(({ box }) => shown.has(regionKey(each.path, box)));
      return length > 1 && length === each.regions!.length;
    });
    assert.ok(seen);
    image = seen;
    keys = image.regions!.map(({ box }) => regionKey(image.path, box));
    await gallery.untilPictured();
    assert.ok(await panel().isVisible());
    await screenshot(session.page, '72-regions');
    const tile = gallery.tile(keys[0]!);
    const own = await tile.locator('img').getAttribute('src');
    await tile.hover();
    await tile.locator('.tile-place:not([hidden])').waitFor();
    assert.notEqual(await tile.locator('img').getAttribute('src'), own);
    await screenshot(session.page, '73-around-a-region');
    await gallery.frame.locator('h1').hover();
    await tile.locator('.tile-place[hidden]').waitFor({ state: 'attached' });
    assert.equal(await tile.locator('img').getAttribute('src'), own);
  });

  it('of one image are moved to two clusters, each by itself, and undone', async () => {
    const { page } = session;
    const before = readFileSync(session.workspace.labelFile, 'utf8');
    const old = new Set(readLabels(session.workspace).clusters.map(({ id }) => id));
    for (const key of keys.slice(0, 2)) {
      await gallery.tile(key).click();
      await page.keyboard.press('n');
      const field = gallery.frame.locator('.cluster-heading vscode-text-field');
      await field.waitFor();
      await page.keyboard.press('Escape');
      await field.waitFor({ state: 'detached' });
      await gallery.frame.locator('.done-note', { hasText: '1 region moved to a new cluster' }).waitFor();
    }
    await gallery.saveUntil(() => {
      const regions = readLabels(session.workspace).images.find(({ path }) => path === image.path)!.regions!;
      return regions.slice(0, 2).every(({ cluster }) => !old.has(cluster));
    });
    const now = readLabels(session.workspace).images.find(({ path }) => path === image.path)!;
    const [first, second] = now.regions!;
    assert.notEqual(first!.cluster, second!.cluster);
    assert.deepEqual([first!.pinned, second!.pinned], [true, true]);
    assert.equal(now.cluster, first!.cluster);
    await screenshot(page, '74-regions-moved');
    for (let i = 0; i < 2; i++) await page.keyboard.press('Control+z');
    await gallery.saveUntil(() => readFileSync(session.workspace.labelFile, 'utf8') === before);
  });

  it('of an image that is clicked in the side panel are selected in the gallery that this opens', async () => {
    const { page } = session;
    const rows = page.locator('.pane-body .monaco-list-row');
    const row = rows.filter({ hasText: /\d\.png/ }).first();
    // What is selected in the gallery may be unfolded already.
    const unfold = async () => {
      const folded = rows.filter({ hasText: 'unnamed' }).first().locator('.monaco-tl-twistie.collapsed');
      if ((await folded.count()) > 0) await folded.click({ timeout: 5000 });
      await row.waitFor({ timeout: 5000 });
      return true;
    };
    await eventually('images in the side panel', unfold);
    const name = await row.locator('.label-name').innerText();
    await untilNothingLoads(gallery.frame);
    await runCommand(page, 'View: Close All Editors');
    await page.locator('.tab').first().waitFor({ state: 'detached' });
    // The extension hears a moment later that its editor is closed. Until then it has nothing to open.
    await eventually('the gallery', async () => {
      await unfold();
      await row.click({ timeout: 5000 });
      await page.locator('.tab.active', { hasText: 'parts' }).waitFor({ timeout: 5000 });
      return true;
    });
    gallery.frame = await webviewFrame(page, 'li.tile[aria-selected="true"]');
    const selected = await gallery.frame.locator('li.tile[aria-selected="true"]').first().getAttribute('data-path');
    assert.match(selected!, new RegExp(`${name}@`));
    await gallery.untilPictured();
    await screenshot(page, '76-region-from-the-side-panel');
    image = readLabels(session.workspace).images.find(({ path }) => path === parseRegionKey(selected!)!.path)!;
    keys = [selected!];
    const count = await gallery.frame.locator('.selection-count').innerText();
    assert.match(count, new RegExp(`^${image.regions!.length} region`));
  });

  it('are seen large in their image, and the gallery goes back to images', async () => {
    await gallery.tile(keys[0]!).dblclick();
    await gallery.frame.locator('.zoom-sheet:not(.waiting)').waitFor();
    await gallery.frame.locator('.zoom-sheet .region-outline.chosen').waitFor({ state: 'attached' });
    await screenshot(session.page, '75-region-large');
    await session.page.keyboard.press('Escape');
    await toggle().click();
    await eventually('images', async () =>
      (await gallery.sections()).flatMap(({ shown }) => shown).every((path) => !path.includes('@')),
    );
  });
});
