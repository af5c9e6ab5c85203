// Working in the gallery: selecting, correcting, undoing, cutting the tree, looking closely, filtering, map and ground truth; with
// mouse and keyboard, in a real VS Code.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame, Page } from 'playwright-core';
import { drawn, framesThatHold, runCommand, screenshot, webviewFrame } from '../tools/browser';
import { eventually } from '../tools/eventually';
import { readLabels } from './dataset';
import { GalleryPage, untilPictured, type ShownCluster } from './gallery-page';
import { useSession } from './session';

describe('working in the gallery', () => {
  const session = useSession('gallery', 12);
  const gallery = new GalleryPage(session);

  it('opens with every cluster, the most typical image first', async () => {
    await gallery.cluster();
    const labels = readLabels(session.workspace);
    assert.equal(labels.images.length, 60);
    assert.deepEqual(
      (await gallery.sections()).map(({ id }) => id),
      labels.clusters.map(({ id }) => id),
    );
    // A star marks the most typical image, which comes first.
    assert.ok(
      (await gallery.frame
        .locator('section.cluster')
        .first()
        .locator('li.tile')
        .first()
        .locator('.icon-star')
        .count()) === 1,
    );
  });

  it('selects a range and moves it by a digit key, as one edit that can be undone', async () => {
    const { page } = session;
    const [first, second] = await gallery.sections();
    const [a, b, c] = first!.shown;
    await gallery.tile(a!).click();
    await gallery.tile(c!).click({ modifiers: ['Shift'] });
    await gallery.frame.locator('.selection-bar', { hasText: '3 images selected' }).waitFor();
    assert.equal(await gallery.selected(), 3);
    await gallery.untilPictured();
    await screenshot(page, '11-selection');
    await gallery.listen();
    await gallery.watchNote();
    await page.keyboard.press('2');
    await gallery.untilDirty();
    await gallery.section(second!.id).locator(`li.tile[data-path="${b}"]`).waitFor();
    // After a moment of rest the page learns from the first decision; what it says was done stays for its time.
    await eventually('what decisions are learnt from', () => gallery.hasComponents());
    await drawn(gallery.frame);
    const lasted = await gallery.noteLasted();
    assert.ok(lasted > 3900, `The note went after ${lasted} ms.`);
    const labels = await gallery.save();
    for (const path of [a, b, c]) {
      const image = labels.images.find((each) => each.path === path)!;
      assert.deepEqual([image.cluster, image.pinned], [second!.id, true]);
    }
    await page.keyboard.press('Control+z');
    await gallery.section(first!.id).locator(`li.tile[data-path="${b}"]`).waitFor();
    await gallery.save();
    assert.equal(gallery.clusterOf(b!), first!.id);
  });

  it('selects what is selected in the side panel, which does not send back what it was told', async () => {
    const { page } = session;
    const row = (path: string) => {
      const [name, ...folders] = path.split('/').reverse();
      const text = new RegExp(`${name}\\s*${folders.reverse().join('/')}`);
      return page.locator('.pane-body .monaco-list-row', { hasText: text });
    };
    const [first] = (await gallery.sections()) as [ShownCluster];
    const [a, b, c] = first.shown;
    await gallery.listen();
    // A list that is folded stays folded: its cluster is selected.
    const cluster = page.locator('.pane-body .monaco-list-row', { hasText: first.title! });
    await gallery.tile(b!).click();
    await cluster.and(page.locator('.selected')).waitFor();
    assert.equal(await row(b!).count(), 0);
    await cluster.locator('.monaco-tl-twistie').click();
    await row(a!).waitFor();
    await gallery.tile(a!).click();
    await row(a!).and(page.locator('.selected')).waitFor();
    await gallery.tile(c!).click({ modifiers: ['Shift'] });
    await gallery.frame.locator('.selection-bar', { hasText: '3 images selected' }).waitFor();
    // What the panel tells comes in order: had it told of the one image, that would have come before this.
    await row(b!).click({ modifiers: ['ControlOrMeta'] });
    await gallery.frame.locator('.selection-bar', { hasText: '2 images selected' }).waitFor();
    const told = (await gallery.told('select')).map(({ paths }) => [...paths].sort());
    assert.deepEqual(told, [[a, b].sort()]);
    await gallery.tile(a!).click();
    await page.keyboard.press('Escape');
    assert.equal(await gallery.selected(), 0);
  });

  it('drags images to another cluster', async () => {
    const [first, second] = await gallery.sections();
    const [a] = first!.shown;
    await gallery.tile(a!).dragTo(gallery.section(second!.id).locator(`.cluster-heading`));
    await gallery.section(second!.id).locator(`li.tile[data-path="${a}"]`).waitFor();
    await session.page.keyboard.press('Control+z');
    await gallery.section(first!.id).locator(`li.tile[data-path="${a}"]`).waitFor();
  });

  it('makes a new cluster, merges clusters and splits one from menus', async () => {
    const { page } = session;
    const before = await gallery.sections();
    const countsBefore = await gallery.sizes();
    const [a] = before[0]!.shown;
    await gallery.tile(a!).click();
    await page.keyboard.press('n');
    // Its name can be typed at once; named clusters come first.
    const field = gallery.frame.locator('.cluster-heading vscode-text-field');
    await field.waitFor();
    await page.keyboard.type('fresh');
    await page.keyboard.press('Enter');
    await field.waitFor({ state: 'detached' });
    await gallery.frame.locator('section.cluster:first-child .cluster-title', { hasText: 'fresh' }).waitFor();
    const [fresh] = (await gallery.sections()) as [ShownCluster];
    assert.deepEqual([fresh.title, fresh.shown], ['fresh', [a]]);
    assert.equal((await gallery.sections()).length, before.length + 1);

    const menu = gallery.frame.locator('.menu');
    await gallery.section(fresh.id).locator(`.cluster-menu`).click();
    await menu.locator('.menu-item', { hasText: 'Merge into' }).click();
    await gallery.frame.locator('.menu[aria-label="Merge into"]').waitFor();
    await gallery.frame.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>('.menu-picture')].every(({ naturalWidth }) => naturalWidth > 0),
    );
    await screenshot(page, '12-merge-menu');
    await menu.locator('.menu-item', { hasText: before[0]!.title! }).first().click();
    await gallery.untilClusters(before.length);

    await gallery.section(before[0]!.id).locator(`.cluster-menu`).click();
    await menu.locator('.menu-item', { hasText: 'Split into' }).click();
    await gallery.untilClusters(before.length + 1);
    for (let step = 0; step < 4; step++) await page.keyboard.press('Control+z');
    await gallery.untilClusters(before.length);
    await gallery.frame.locator('.cluster-title', { hasText: 'fresh' }).waitFor({ state: 'detached' });
    assert.deepEqual(await gallery.sizes(), countsBefore);
  });

  it('works by keyboard alone: arrows, ranges, all, pin, menu', async () => {
    const { page } = session;
    const [first] = await gallery.sections();
    await gallery.tile(first!.shown[0]!).click();
    await page.keyboard.press('ArrowRight');
    assert.equal(await gallery.focusedPath(), first!.shown[1]);
    await page.keyboard.press('Shift+ArrowRight');
    assert.equal(await gallery.selected(), 2);
    await page.keyboard.press('Control+a');
    assert.equal(await gallery.selected(), first!.shown.length);
    await page.keyboard.press('Escape');
    assert.equal(await gallery.selected(), 0);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('p');
    await gallery.untilDirty();
    await page.keyboard.press('Control+z');
    await gallery.untilClean();
    await page.keyboard.press('ContextMenu');
    await gallery.frame.locator('.menu[aria-label="Images"]').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await gallery.frame.locator('.menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
  });

  it('regroups while the slider moves, and writes one edit when it is let go', async () => {
    const { page } = session;
    const before = await gallery.sections();
    await gallery.togglePanel('Clusters');
    const slider = gallery.frame.locator('.cut-panel input[type="range"]');
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await gallery.untilClusters(before.length + 1);
    await gallery.untilDirty();
    await gallery.frame.locator('.chart', { hasText: 'Silhouette' }).waitFor();
    await screenshot(page, '13-number-of-clusters');
    // A click at the top of the dendrogram leaves two clusters.
    const drawing = gallery.frame.locator('.dendrogram svg');
    const box = (await drawing.boundingBox())!;
    await drawing.click({ position: { x: box.width / 2, y: box.height * 0.2 } });
    await gallery.frame.waitForFunction(() => document.querySelectorAll('section.cluster').length < 5);
    await gallery.tile((await gallery.sections())[0]!.shown[0]!).click();
    for (let step = 0; step < 2; step++) await page.keyboard.press('Control+z');
    await gallery.untilClusters(before.length);
    await page.keyboard.press('Escape');
    await gallery.togglePanel('Clusters');
  });

  it('looks at one image closely', async () => {
    const { page } = session;
    const all = (await gallery.sections()).flatMap(({ shown }) => shown);
    await gallery.zoomInto(all[0]!);
    const zoom = gallery.frame.locator('dialog.zoom');
    const width = await gallery.frame
      .locator('dialog.zoom .zoom-sheet img')
      .first()
      .evaluate((image: HTMLImageElement) => image.naturalWidth);
    assert.equal(width, 384);
    // The picture of the image before never stands under the name of the next.
    const pressed = await gallery.frame.evaluate(() => {
      const [stage, sheet] = [document.querySelector('.zoom-stage')!, document.querySelector('.zoom-sheet')!];
      stage.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
      return { title: document.querySelector('.zoom-title')!.textContent, isWaiting: sheet.matches('.waiting') };
    });
    assert.deepEqual(pressed, { title: all[1], isWaiting: true });
    await gallery.untilZoomed();
    await page.keyboard.press('ArrowLeft');
    await gallery.frame.locator('.zoom-title', { hasText: all[0]! }).waitFor();
    await gallery.untilZoomed();
    const box = (await gallery.frame.locator('dialog.zoom .zoom-sheet').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await gallery.frame.locator('.zoom-pointer', { hasText: /Patch 1[67], 1[67]: score .*, weight/ }).waitFor();
    // The image has a mask, which is outlined.
    const mask = gallery.frame.locator('.zoom-mask');
    assert.ok(await mask.isVisible());
    assert.ok(await mask.evaluate((image: HTMLImageElement) => image.naturalWidth > 0));
    await screenshot(page, '14-one-image');
    await page.keyboard.press('z');
    assert.ok(Math.abs((await gallery.frame.locator('dialog.zoom .zoom-sheet').boundingBox())!.width - 384) < 1);
    await page.mouse.wheel(0, -400);
    await gallery.frame.waitForFunction(
      () => document.querySelector('.zoom-sheet')!.getBoundingClientRect().width > 600,
    );
    await page.keyboard.press('ArrowRight');
    await zoom.locator('.zoom-title', { hasText: all[1]! }).waitFor();
    await page.keyboard.press('Escape');
    await zoom.waitFor({ state: 'hidden' });
    await gallery.frame.waitForFunction(
      (path) => (document.activeElement as HTMLElement).dataset['path'] === path,
      all[1],
    );
    await page.keyboard.press('Escape');
  });

  it('filters by words, and finds similar images and doubts', async () => {
    const { page } = session;
    await gallery.frame.locator('.search-field input').fill('crack/00');
    await gallery.frame.waitForFunction(() => document.querySelectorAll('li.tile').length === 10);
    await gallery.button('Show all').click();
    await gallery.frame.waitForFunction(() => document.querySelectorAll('li.tile').length > 10);
    const [first] = await gallery.sections();
    await gallery.tile(first!.shown[0]!).click();
    await page.keyboard.press('s');
    await gallery.frame.locator('.cluster-title', { hasText: 'Similar to' }).waitFor();
    assert.equal((await gallery.sections())[0]!.shown[0], first!.shown[0]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await gallery.button('Review').click();
    await gallery.frame.locator('dialog.review[open] .review-card img').first().waitFor();
    await page.keyboard.press('Escape');
    await gallery.frame.locator('dialog.review[open]').waitFor({ state: 'detached' });
  });

  it('shows a map, whose selection is that of the grid', async () => {
    const { page } = session;
    const box = await gallery.openMap();
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
    await gallery.frame.locator('.selection-bar', { hasText: '60 images selected' }).waitFor();
    await screenshot(page, '15-map');
    const between = await gallery.frame.evaluate(
      () =>
        document.querySelector('.dock')!.getBoundingClientRect().left -
        document.querySelector('.selection-bar')!.getBoundingClientRect().right,
    );
    assert.ok(between >= 0, `the bar is over the map: ${between} pixels`);
    await page.keyboard.press('Escape');
    assert.equal(await gallery.selected(), 0);
  });

  it('compares with ground truth, and a cell shows its images', async () => {
    const { page } = session;
    await gallery.togglePanel('Counts');
    const cells = gallery.frame.locator('.confusion td button');
    await cells.first().waitFor();
    const inCells = (await cells.allInnerTexts()).map(Number);
    assert.equal(
      inCells.reduce((a, b) => a + b),
      60,
    );
    await screenshot(page, '16-ground-truth');
    await cells.first().click();
    await gallery.frame.waitForFunction((count) => document.querySelectorAll('li.tile').length === count, inCells[0]!);
    await gallery.button('Show all').click();
    await gallery.togglePanel('Counts');
  });

  it('shows what is changed outside of it, and where an invalid file is invalid', async () => {
    const { workspace, page } = session;
    // Everything is undone. (VS Code would write the file even so, if it were told to save.)
    await gallery.untilClean();
    const text = readFileSync(workspace.labelFile, 'utf8');
    const { clusters } = readLabels(workspace);
    const named = text.replace(
      `"id": ${clusters[0]!.id}, "name": ""`,
      `"id": ${clusters[0]!.id}, "name": "from outside"`,
    );
    await gallery.writeOutside(named, gallery.frame.locator('.cluster-title', { hasText: 'from outside' }));
    await gallery.writeOutside(
      text.replace('"version": 1', '"version": one'),
      gallery.frame.locator('.placeholder', { hasText: 'Line 2' }),
    );
    await screenshot(page, '17-invalid');
    await gallery.writeOutside(text, gallery.frame.locator('section.cluster').first());
    assert.equal(readFileSync(workspace.labelFile, 'utf8'), text);
  });

  for (const theme of ['Default Light Modern', 'Default High Contrast', 'Default Dark Modern']) {
    it(`has no serious fault for people who cannot see or use a mouse: ${theme}`, async () => {
      const { page } = session;
      session.vscode.changeSettings({ 'workbench.colorTheme': theme });
      await gallery.reloadWindow();
      const kind = theme.includes('Contrast') ? 'vscode-high-contrast' : `vscode-${theme.split(' ')[1]!.toLowerCase()}`;
      await gallery.frame.locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
      await gallery.tile((await gallery.sections())[0]!.shown[1]!).click();
      await gallery.togglePanel('Clusters');
      await gallery.frame.locator('.chart', { hasText: 'Silhouette' }).waitFor();
      await untilPictured(gallery.frame);
      await screenshot(page, `18-theme-${theme.replaceAll(' ', '-').toLowerCase()}`);
      const faults = await serious(gallery.frame);
      await gallery.togglePanel('Counts');
      faults.push(...(await serious(gallery.frame)));
      await gallery.togglePanel('Map');
      await gallery.frame.locator('canvas.map').waitFor();
      faults.push(...(await serious(gallery.frame)));
      await gallery.togglePanel('Map');
      await gallery.frame.locator('.cluster-menu').first().click();
      faults.push(...(await serious(gallery.frame)));
      await page.keyboard.press('Escape');
      await gallery.zoomInto((await gallery.sections())[0]!.shown[1]!);
      await gallery.frame.locator('.zoom-bar button.toggle').click();
      await gallery.frame.locator('.zoom-region').waitFor();
      await screenshot(page, `19-large-${theme.replaceAll(' ', '-').toLowerCase()}`);
      faults.push(...(await serious(gallery.frame)));
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await gallery.button('Review').click();
      await gallery.frame.waitForFunction(() => {
        const pictures = [...document.querySelectorAll<HTMLImageElement>('dialog.review img:not(.zoom-mask)')];
        return pictures.length >= 9 && pictures.every(({ complete, naturalWidth }) => complete && naturalWidth > 0);
      });
      await drawn(gallery.frame);
      await screenshot(page, `34-review-${theme.replaceAll(' ', '-').toLowerCase()}`);
      faults.push(...(await serious(gallery.frame)));
      await page.keyboard.press('Escape');
      await gallery.frame.locator('dialog.review[open]').waitFor({ state: 'detached' });
      assert.deepEqual(faults, []);
    });
  }

  it('shows one row a cluster, opens one, and all of them', async () => {
    const { page } = session;
    const { frame } = gallery;
    // Closes what was opened on the way.
    await gallery.showAllImages();
    await frame.locator('button.toggle', { hasText: 'Overview' }).click();
    await frame.evaluate(() => window.scrollTo(0, 0));
    const rows = frame.locator('section.cluster.in-row');
    await frame.waitForFunction(() => document.querySelectorAll('section.cluster.in-row').length > 3);
    // All of them on one screen.
    const bottom = await rows.last().evaluate((row) => row.getBoundingClientRect().bottom);
    assert.ok(bottom <= (await frame.evaluate(() => window.innerHeight)), `the last row ends at ${bottom}`);
    await untilPictured(frame);
    await screenshot(page, '36-overview');
    const first = frame.locator('section.cluster:has(.more-images:not([hidden]))').first();
    const id = Number(await first.getAttribute('data-cluster'));
    const more = Number((await first.locator('.more-images').innerText()).slice(1));
    const placed = await first.locator('li.tile').count();
    await first.locator('.more-images').click();
    await frame.locator(`section[data-cluster="${id}"]:not(.in-row)`).waitFor();
    assert.match(await first.locator('.cluster-count').innerText(), new RegExp(`^${placed + more} images`));
    assert.equal(await gallery.section(id).locator('li.tile').count(), placed + more);
    await screenshot(page, '37-overview-one-open');
    await gallery.reloadWindow();
    await gallery.frame.locator(`section[data-cluster="${id}"]:not(.in-row)`).waitFor();
    await gallery.section(id).locator('.fold').click();
    await gallery.frame.locator(`section[data-cluster="${id}"].in-row`).waitFor();
    await gallery.frame.locator('button.toggle', { hasText: 'Overview' }).click();
    await gallery.frame.locator('section.cluster.in-row').waitFor({ state: 'detached' });
    await gallery.frame.locator('button.toggle', { hasText: 'Overview' }).click();
    await gallery.frame.locator('section.cluster.in-row').first().waitFor();
  });

  it('marks what the slider has just split, and keeps it in view', async () => {
    await gallery.togglePanel('Clusters');
    const before = await gallery.sections();
    await gallery.frame.locator('.cut-panel input[type="range"]').focus();
    await session.page.keyboard.press('ArrowRight');
    await gallery.untilClusters(before.length + 1);
    const changed = gallery.frame.locator('section.cluster.changed');
    await changed.first().waitFor();
    // One cluster became two.
    assert.equal(await changed.count(), 2);
    await gallery.untilPictured();
    await screenshot(session.page, '38-split-by-slider');
    await gallery.untilDirty();
    await gallery.tile((await gallery.sections())[0]!.shown[0]!).click();
    await session.page.keyboard.press('Control+z');
    await gallery.untilClusters(before.length);
    await gallery.togglePanel('Clusters');
  });

  it('shows all keys and marks, toggles heat maps, and corrects the large image by digits', async () => {
    const { page } = session;
    const [first, second] = await gallery.sections();
    const path = first!.shown[1]!;
    await gallery.tile(path).click();
    await page.keyboard.press('?');
    const sheet = gallery.frame.locator('dialog.key-sheet[open]');
    await sheet.waitFor();
    await screenshot(page, '39-keys');
    assert.deepEqual(await serious(gallery.frame), []);
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await gallery.tile(path).click();
    await page.keyboard.press('h');
    await gallery.frame.locator('.gallery.without-heat-maps').waitFor();
    await page.keyboard.press('h');
    await gallery.frame.locator('.gallery:not(.without-heat-maps)').waitFor();

    const digit = await gallery.section(second!.id).locator('.cluster-digit').innerText();
    await gallery.zoomInto(path);
    await page.keyboard.press(digit);
    await gallery.frame.locator('dialog.zoom .zoom-facts', { hasText: second!.title! }).waitFor();
    await page.keyboard.press('Escape');
    await gallery.section(second!.id).locator(`li.tile[data-path="${path}"]`).waitFor();
    await page.keyboard.press('Control+z');
    await gallery.section(first!.id).locator(`li.tile[data-path="${path}"]`).waitFor();
  });

  it('has room on narrow, short and zoomed pages', async () => {
    const { page } = session;
    // What a page has of a window of 1400×900 at zoom level 2 and -2 of VS Code: 1.2 times as much a level.
    const zoomedIn = [972, 625] as const;
    const zoomedOut = [2016, 1296] as const;
    for (const [width, height] of [[800, 900], [412, 900], [1400, 420], zoomedIn, zoomedOut] as const) {
      await page.setViewportSize({ width, height });
      // A narrow window has no room for the side panel.
      const hasSidePanel = await page.locator('.part.sidebar').isVisible();
      if (hasSidePanel !== width > 600) await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
      await untilInside(gallery.frame);
      await untilPictured(gallery.frame);
      await screenshot(page, `40-size-${width}x${height}`);
      assert.deepEqual(await clipped(gallery.frame), [], `${width}×${height}`);
    }
    await page.setViewportSize({ width: 1400, height: 900 });
  });

  it('is where it was after another tab was looked at', async () => {
    const { page } = session;
    await gallery.showAllImages();
    await gallery.frame.evaluate(() => window.scrollTo(0, 300));
    const [, second] = await gallery.sections();
    await gallery.tile(second!.shown[0]!).click();
    const scroll = await gallery.frame.evaluate(() => window.scrollY);
    assert.ok(scroll > 100, `${scroll}`);
    await runCommand(page, 'File: New Untitled Text File');
    await page.locator('.tab.active', { hasText: 'Untitled' }).waitFor();
    await page.locator('.tab.active .codicon-close').click();
    gallery.frame = await webviewFrame(page, 'section.cluster');
    await gallery.frame.waitForFunction((wanted) => Math.abs(window.scrollY - wanted) < 2, scroll);
    await gallery.frame.locator('li.tile[aria-selected="true"]').first().waitFor();
    await gallery.frame.locator('button.toggle', { hasText: 'Overview' }).click();
  });

  it('survives a reload of the window', async () => {
    await gallery.togglePanel('Map');
    await gallery.frame.locator('canvas.map').waitFor();
    await gallery.listen();
    await gallery.tile((await gallery.sections())[1]!.shown[0]!).click();
    // The host answers that it has kept the view, and that it told the side panel.
    await eventually('the answers of the host', async () => (await gallery.answers()) >= 2);
    await gallery.reloadWindow();
    await gallery.frame.locator('canvas.map').waitFor();
    assert.equal((await gallery.selected()) > 0, true, 'the selection is there again');
    assert.equal((await gallery.sections()).flatMap(({ shown }) => shown).length > 10, true);
  });

  it('works in two editors side by side: both show what one changes, and a review in one leaves the other the focus', async () => {
    const { page } = session;
    const mine = gallery.frame;
    const other = await secondGallery(page, mine);
    await untilPictured(other);
    for (const frame of [mine, other]) {
      await untilInside(frame);
      assert.deepEqual(await clipped(frame), []);
    }
    await screenshot(page, '42-side-by-side');
    const [from, to] = await gallery.sections();
    const count = (frame: Frame, { id }: ShownCluster) =>
      frame.locator(`section[data-cluster="${id}"] .cluster-count`).innerText();
    const before = await count(mine, from!);
    assert.match(before, /^12 images/);
    // It would ask about the next image, and take the focus to its picture.
    await gallery.button('Review').click();
    const review = mine.locator('dialog.review[open]');
    await review.waitFor();
    await other.locator(`li.tile[data-path="${from!.shown[1]}"]`).click();
    await page.keyboard.press('2');
    for (const frame of [mine, other]) {
      await eventually('the move', async () => (await count(frame, from!)).startsWith('11 images'));
      assert.match(await count(frame, to!), /^13 images/);
    }
    await drawn(mine);
    assert.equal(await other.evaluate(() => document.hasFocus()), true, 'keys go to the page that is worked in');
    await page.keyboard.press('Control+z');
    for (const frame of [mine, other])
      await eventually('the move taken back', async () => (await count(frame, from!)) === before);
    await review.locator('.zoom-bar').click();
    await page.keyboard.press('Escape');
    await review.waitFor({ state: 'detached' });
    // By its own cross: VS Code learns only now and then which page has the focus, and may take the other group for the active one.
    await page.locator('.editor-group-container').nth(1).locator('.tab.active .codicon-close').click();
    await eventually('one gallery', () => other.isDetached() && !mine.isDetached());
  });

  it('is where it was when its tab was moved to another group', async () => {
    const { page } = session;
    await gallery.frame.evaluate(() => window.scrollTo(0, 200));
    await gallery.tile((await gallery.sections())[1]!.shown[0]!).click();
    const scroll = await gallery.frame.evaluate(() => window.scrollY);
    const count = await gallery.selected();
    assert.ok(count > 0);
    await runCommand(page, 'File: New Untitled Text File');
    await page.locator('.tab.active', { hasText: 'Untitled' }).waitFor();
    await runCommand(page, 'View: Open Previous Editor');
    await page.locator('.tab.active', { hasText: 'parts' }).waitFor();
    await runCommand(page, 'View: Move Editor into Right Group');
    await eventually('a second group', async () => (await page.locator('.editor-group-container').count()) === 2);
    gallery.frame = await webviewFrame(page, 'section.cluster');
    await gallery.frame.waitForFunction((wanted) => Math.abs(window.scrollY - wanted) < 2, scroll);
    await gallery.frame.locator('li.tile[aria-selected="true"]').first().waitFor();
    assert.equal(await gallery.selected(), count);
    await gallery.untilPictured();
    await screenshot(page, '43-moved-tab');
    // A page half as wide has the map above the images.
    const hidden = await gallery.frame.evaluate(() => {
      const dock = document.querySelector('.dock')!;
      return dock.scrollHeight - dock.clientHeight;
    });
    assert.ok(hidden <= 0, `${hidden} pixels of the map are to be scrolled to`);
  });
});

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

/** Nothing reaches beyond the right edge of the page. */
async function untilInside(frame: Frame): Promise<void> {
  await frame.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth);
}

/** Controls of which a part cannot be seen. */
function clipped(frame: Frame): Promise<string[]> {
  return frame.evaluate(() =>
    [...document.querySelectorAll('.toolbar button, .toolbar vscode-button, .toolbar select, .cluster-menu, .fold')]
      .filter((element) => element.checkVisibility())
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
      .map(({ outerHTML }) => outerHTML.slice(0, 120)),
  );
}

/**
 * Splits the editor; again where the second gallery stays empty. In code-server each new webview replaces the service worker of all. Where another page
 * asks the old one for a picture in the very moment in which the browser stops it, the browser starts it again, and the new one waits until it
 * is stopped: which it never is while a debugger is attached, as Playwright's is. The next new webview has it stopped.
 */
async function secondGallery(page: Page, first: Frame): Promise<Frame> {
  const galleries = framesThatHold(page, 'section.cluster');
  const groups = page.locator('.editor-group-container');
  await untilPictured(first);
  return eventually(
    'a second gallery',
    async () => {
      await runCommand(page, 'View: Split Editor Right');
      try {
        return await eventually('it', () => galleries().find((frame) => frame !== first), { seconds: splitSeconds });
      } catch (error) {
        await groups.nth(1).locator('.tab.active .codicon-close').click();
        await eventually('one group', async () => (await groups.count()) === 1);
        throw error;
      }
    },
    { seconds: 3 * splitSeconds },
  );
}

const splitSeconds = 45;
