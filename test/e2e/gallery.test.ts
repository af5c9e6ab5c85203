// Working in the gallery: selecting, correcting, undoing, cutting the tree, looking closely, filtering, map and ground truth; with
// mouse and keyboard, in a real VS Code.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame, Locator } from 'playwright-core';
import { chooseMenuItem, openExplorerMenu, runCommand, screenshot, webviewFrame } from '../tools/browser';
import { readLabels } from './dataset';
import { useSession } from './session';

describe('working in the gallery', () => {
  const session = useSession('gallery', 12);
  let gallery: Frame;
  /** The text of the editor is that of the file once it is saved. */
  const save = async () => {
    await session.page.keyboard.press('Control+s');
    await session.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
    return readLabels(session.workspace);
  };
  /** A person's way, on which VS Code keeps everything before it goes. */
  const reloadWindow = async () => {
    const { page } = session;
    const loaded = page.waitForEvent('load');
    await runCommand(page, 'Developer: Reload Window');
    await loaded;
    gallery = await webviewFrame(page, 'section.cluster', 60_000);
    await gallery.locator('li.tile').first().waitFor();
  };
  /** Another program writes the label file. */
  const writeOutside = async (text: string, expected: Locator) => {
    writeFileSync(session.workspace.labelFile, text);
    await expected.waitFor();
  };
  const tile = (path: string): Locator => gallery.locator(`li.tile[data-path="${path}"]`);
  const sections = () =>
    gallery.locator('section.cluster').evaluateAll((all) =>
      all.map((section) => ({
        id: Number((section as HTMLElement).dataset['cluster']),
        title: section.querySelector('.cluster-title')!.textContent,
        shown: [...section.querySelectorAll<HTMLElement>('li.tile')].map(({ dataset }) => dataset['path']!),
      })),
    );
  const counts = () => gallery.locator('.cluster-count').allInnerTexts();
  const clusterOf = (path: string) =>
    readLabels(session.workspace).images.find((image) => image.path === path)!.cluster;
  const selected = () => gallery.locator('li.tile[aria-selected="true"]').count();

  it('opens with every cluster, the most typical image first', async () => {
    const { page } = session;
    await openExplorerMenu(page, 'parts');
    await chooseMenuItem(page, 'Cluster Images by Anomaly Type');
    gallery = await webviewFrame(page, 'section.cluster', 120_000);
    await gallery.locator('li.tile').first().waitFor();
    const labels = readLabels(session.workspace);
    assert.equal(labels.images.length, 60);
    assert.deepEqual(
      (await sections()).map(({ id }) => id),
      labels.clusters.map(({ id }) => id),
    );
    // A star marks the most typical image, which comes first.
    assert.ok(
      (await gallery.locator('section.cluster').first().locator('li.tile').first().locator('.icon-star').count()) === 1,
    );
  });

  it('selects a range and moves it by a digit key, as one edit that can be undone', async () => {
    const { page } = session;
    const [first, second] = await sections();
    const [a, b, c] = first!.shown;
    await tile(a!).click();
    // The side panel is told of the one image, and what it selects then must not come back over the range.
    await page.waitForTimeout(200);
    await tile(c!).click({ modifiers: ['Shift'] });
    await page.waitForTimeout(1000);
    assert.equal(await selected(), 3);
    await gallery.locator('.selection-bar', { hasText: '3 images selected' }).waitFor();
    await gallery.waitForFunction(() =>
      [...document.querySelectorAll('section.cluster:first-of-type li.tile')].every(
        (each) => each.querySelector('img')!.naturalWidth > 0 && each.querySelector('canvas')!.width > 0,
      ),
    );
    await screenshot(page, '11-selection');
    await page.keyboard.press('2');
    await page.locator('.tab.active.dirty').waitFor();
    await gallery.locator(`section[data-cluster="${second!.id}"] li.tile[data-path="${b}"]`).waitFor();
    const labels = await save();
    for (const path of [a, b, c]) {
      const image = labels.images.find((each) => each.path === path)!;
      assert.deepEqual([image.cluster, image.pinned], [second!.id, true]);
    }
    await page.keyboard.press('Control+z');
    await gallery.locator(`section[data-cluster="${first!.id}"] li.tile[data-path="${b}"]`).waitFor();
    await save();
    assert.equal(clusterOf(b!), first!.id);
  });

  it('drags images to another cluster', async () => {
    const [first, second] = await sections();
    const [a] = first!.shown;
    await tile(a!).dragTo(gallery.locator(`section[data-cluster="${second!.id}"] .cluster-heading`));
    await gallery.locator(`section[data-cluster="${second!.id}"] li.tile[data-path="${a}"]`).waitFor();
    await session.page.keyboard.press('Control+z');
    await gallery.locator(`section[data-cluster="${first!.id}"] li.tile[data-path="${a}"]`).waitFor();
  });

  it('makes a new cluster, merges clusters and splits one from menus', async () => {
    const { page } = session;
    const before = await sections();
    const countsBefore = await counts();
    const [a] = before[0]!.shown;
    await tile(a!).click();
    await page.keyboard.press('n');
    await gallery.waitForFunction(
      (count) => document.querySelectorAll('section.cluster').length === count,
      before.length + 1,
    );
    const fresh = (await sections()).at(-1)!;
    assert.deepEqual(fresh.shown, [a]);

    const menu = gallery.locator('.menu');
    await gallery.locator(`section[data-cluster="${fresh.id}"] .cluster-menu`).click();
    await menu.locator('.menu-item', { hasText: 'Merge into' }).click();
    await gallery.locator('.menu[aria-label="Merge into"]').waitFor();
    await screenshot(page, '12-merge-menu');
    await menu.locator('.menu-item', { hasText: before[0]!.title }).first().click();
    await gallery.waitForFunction(
      (count) => document.querySelectorAll('section.cluster').length === count,
      before.length,
    );

    await gallery.locator(`section[data-cluster="${before[0]!.id}"] .cluster-menu`).click();
    await menu.locator('.menu-item', { hasText: 'Split into' }).click();
    await gallery.waitForFunction(
      (count) => document.querySelectorAll('section.cluster').length === count,
      before.length + 1,
    );
    for (let step = 0; step < 3; step++) await page.keyboard.press('Control+z');
    await gallery.waitForFunction(
      (count) => document.querySelectorAll('section.cluster').length === count,
      before.length,
    );
    assert.deepEqual(await counts(), countsBefore);
  });

  it('works by keyboard alone: arrows, ranges, all, pin, menu', async () => {
    const { page } = session;
    const [first] = await sections();
    await tile(first!.shown[0]!).click();
    await page.keyboard.press('ArrowRight');
    assert.equal(await focusedPath(gallery), first!.shown[1]);
    await page.keyboard.press('Shift+ArrowRight');
    assert.equal(await selected(), 2);
    await page.keyboard.press('Control+a');
    assert.equal(await selected(), first!.shown.length);
    await page.keyboard.press('Escape');
    assert.equal(await selected(), 0);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('p');
    await page.locator('.tab.active.dirty').waitFor();
    await page.keyboard.press('Control+z');
    await page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
    await page.keyboard.press('ContextMenu');
    await gallery.locator('.menu[aria-label="Images"]').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await gallery.locator('.menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
  });

  it('regroups while the slider moves, and writes one edit when it is let go', async () => {
    const { page } = session;
    const before = await sections();
    await gallery.locator('button.toggle', { hasText: 'Clusters' }).click();
    const slider = gallery.locator('.cut-panel input[type="range"]');
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await gallery.waitForFunction(
      (count) => document.querySelectorAll('section.cluster').length === count,
      before.length + 1,
    );
    await page.locator('.tab.active.dirty').waitFor();
    await gallery.locator('.chart', { hasText: 'Silhouette' }).waitFor();
    await page.waitForTimeout(300);
    await screenshot(page, '13-number-of-clusters');
    // A click at the top of the dendrogram leaves two clusters.
    const drawing = gallery.locator('.dendrogram svg');
    const box = (await drawing.boundingBox())!;
    await drawing.click({ position: { x: box.width / 2, y: box.height * 0.2 } });
    await gallery.waitForFunction(() => document.querySelectorAll('section.cluster').length < 5);
    await tile((await sections())[0]!.shown[0]!).click();
    for (let step = 0; step < 2; step++) await page.keyboard.press('Control+z');
    await gallery.waitForFunction(
      (count) => document.querySelectorAll('section.cluster').length === count,
      before.length,
    );
    await page.keyboard.press('Escape');
    await gallery.locator('button.toggle', { hasText: 'Clusters' }).click();
  });

  it('looks at one image closely', async () => {
    const { page } = session;
    const all = (await sections()).flatMap(({ shown }) => shown);
    await tile(all[0]!).dblclick();
    const zoom = gallery.locator('dialog.zoom');
    await zoom.waitFor();
    await gallery.waitForFunction(
      () => document.querySelector<HTMLImageElement>('.zoom-sheet img')!.naturalWidth === 384,
    );
    const box = (await gallery.locator('.zoom-sheet').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await gallery.locator('.zoom-pointer', { hasText: /Patch 1[67], 1[67]: distance .*, weight/ }).waitFor();
    await screenshot(page, '14-one-image');
    await page.keyboard.press('1');
    assert.ok(Math.abs((await gallery.locator('.zoom-sheet').boundingBox())!.width - 384) < 1);
    await page.mouse.wheel(0, -400);
    await gallery.waitForFunction(() => document.querySelector('.zoom-sheet')!.getBoundingClientRect().width > 600);
    await page.keyboard.press('ArrowRight');
    await zoom.locator('.zoom-title', { hasText: all[1]! }).waitFor();
    await page.keyboard.press('Escape');
    await zoom.waitFor({ state: 'hidden' });
    assert.equal(await focusedPath(gallery), all[1]);
    await page.keyboard.press('Escape');
  });

  it('filters by words, and finds similar images and doubts', async () => {
    const { page } = session;
    await gallery.locator('.search-field input').fill('crack/00');
    await gallery.waitForFunction(() => document.querySelectorAll('li.tile').length === 10);
    await gallery.locator('vscode-button', { hasText: 'Show all' }).click();
    await gallery.waitForFunction(() => document.querySelectorAll('li.tile').length > 10);
    const [first] = await sections();
    await tile(first!.shown[0]!).click();
    await page.keyboard.press('s');
    await gallery.locator('.cluster-title', { hasText: 'Similar to' }).waitFor();
    assert.equal((await sections())[0]!.shown[0], first!.shown[0]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await gallery.locator('vscode-button', { hasText: 'Review doubts' }).click();
    await gallery.locator('.cluster-title', { hasText: 'Next to review' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await gallery.locator('.cluster-title', { hasText: 'Next to review' }).waitFor({ state: 'detached' });
  });

  it('shows a map, whose selection is that of the grid', async () => {
    const { page } = session;
    await gallery.locator('button.toggle', { hasText: 'Map' }).click();
    const map = gallery.locator('canvas.map');
    await map.waitFor();
    await gallery.waitForFunction(() => document.querySelector<HTMLCanvasElement>('canvas.map')!.width > 0);
    const box = (await map.boundingBox())!;
    const corners = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0.02],
    ] as const;
    const at = ([x, y]: readonly [number, number]) =>
      [box.x + 2 + x * (box.width - 4), box.y + 2 + y * (box.height - 4)] as const;
    await page.mouse.move(...at(corners[0]));
    await page.mouse.down();
    for (const corner of corners.slice(1)) await page.mouse.move(...at(corner), { steps: 4 });
    await page.mouse.up();
    await gallery.locator('.selection-bar', { hasText: '60 images selected' }).waitFor();
    await screenshot(page, '15-map');
    await page.keyboard.press('Escape');
    assert.equal(await selected(), 0);
  });

  it('compares with ground truth, and a cell shows its images', async () => {
    const { page } = session;
    await gallery.locator('button.toggle', { hasText: 'Ground truth' }).click();
    const cells = gallery.locator('.confusion td button');
    await cells.first().waitFor();
    const inCells = (await cells.allInnerTexts()).map(Number);
    assert.equal(
      inCells.reduce((a, b) => a + b),
      60,
    );
    await screenshot(page, '16-ground-truth');
    await cells.first().click();
    await gallery.waitForFunction((count) => document.querySelectorAll('li.tile').length === count, inCells[0]!);
    await gallery.locator('vscode-button', { hasText: 'Show all' }).click();
    await gallery.locator('button.toggle', { hasText: 'Ground truth' }).click();
  });

  it('shows what is changed outside of it, and where an invalid file is invalid', async () => {
    const { workspace, page } = session;
    // Everything is undone. (VS Code would write the file even so, if it were told to save.)
    await page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
    const text = readFileSync(workspace.labelFile, 'utf8');
    const { clusters } = readLabels(workspace);
    const named = text.replace(
      `"id": ${clusters[0]!.id}, "name": ""`,
      `"id": ${clusters[0]!.id}, "name": "from outside"`,
    );
    await writeOutside(named, gallery.locator('.cluster-title', { hasText: 'from outside' }));
    await writeOutside(
      text.replace('"version": 1', '"version": one'),
      gallery.locator('.placeholder', { hasText: 'Line 2' }),
    );
    await screenshot(page, '17-invalid');
    await writeOutside(text, gallery.locator('section.cluster').first());
    assert.equal(readFileSync(workspace.labelFile, 'utf8'), text);
  });

  for (const theme of ['Default Light Modern', 'Default High Contrast', 'Default Dark Modern']) {
    it(`has no serious fault for people who cannot see or use a mouse: ${theme}`, async () => {
      const { page } = session;
      session.vscode.changeSettings({ 'workbench.colorTheme': theme });
      await reloadWindow();
      const kind = theme.includes('Contrast') ? 'vscode-high-contrast' : `vscode-${theme.split(' ')[1]!.toLowerCase()}`;
      await gallery.locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
      await tile((await sections())[0]!.shown[1]!).click();
      await gallery.locator('button.toggle', { hasText: 'Clusters' }).click();
      await gallery.locator('.chart', { hasText: 'Silhouette' }).waitFor();
      await page.waitForTimeout(800);
      await screenshot(page, `18-theme-${theme.replaceAll(' ', '-').toLowerCase()}`);
      const faults = await serious(gallery);
      await gallery.locator('button.toggle', { hasText: 'Ground truth' }).click();
      faults.push(...(await serious(gallery)));
      await gallery.locator('button.toggle', { hasText: 'Ground truth' }).click();
      await page.keyboard.press('Escape');
      assert.deepEqual(faults, []);
    });
  }

  it('survives a reload of the window', async () => {
    await gallery.locator('button.toggle', { hasText: 'Map' }).click();
    await gallery.locator('canvas.map').waitFor();
    await reloadWindow();
    await gallery.locator('canvas.map').waitFor();
    assert.equal((await sections()).flatMap(({ shown }) => shown).length > 10, true);
  });
});

function focusedPath(gallery: Frame): Promise<string | undefined> {
  return gallery.evaluate(() => (document.activeElement as HTMLElement).dataset['path']);
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical findings of axe-core, in words. */
async function serious(gallery: Frame): Promise<string[]> {
  await gallery.evaluate(axe);
  const { violations } = await gallery.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
}
