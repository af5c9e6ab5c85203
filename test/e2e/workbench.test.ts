// A person's way, in a real VS Code with a real browser: right-click a folder, watch, look at the gallery, name a cluster, save.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { Frame } from 'playwright-core';
import { chooseMenuItem, openExplorerMenu, openMenu, screenshot, webviewFrame } from '../tools/browser';
import { eventually } from '../tools/eventually';
import { distanceToDefect, readLabels } from './dataset';
import { showAllImages } from './gallery-page';
import { useSession } from './session';

describe('from a right-click to a label file', () => {
  const session = useSession('workbench', 6);
  let gallery: Frame;

  it('offers the command on a folder', async () => {
    const { page } = session;
    await openExplorerMenu(page, 'parts');
    await page.locator('.monaco-menu .action-item', { hasText: 'Cluster Images by Anomaly Type' }).waitFor();
    await screenshot(page, '1-context-menu');
  });

  it('shows its progress', async () => {
    const { page } = session;
    await chooseMenuItem(page, 'Cluster Images by Anomaly Type');
    const toast = page.locator('.notification-toast', { hasText: 'Clustering parts' });
    await toast.waitFor();
    await page.locator('.notification-toast', { hasText: /looking at|comparing/ }).waitFor();
    await screenshot(page, '2-progress');
  });

  it('opens the gallery with all thumbnails', async () => {
    const { page, workspace } = session;
    gallery = await webviewFrame(page, 'section.cluster');
    await gallery.locator('li.tile').first().waitFor();
    await showAllImages(gallery);
    await gallery.waitForFunction(() => document.querySelectorAll('li.tile').length === 30);
    // Pictures come when their place is near the viewport.
    for (const tile of await gallery.locator('li.tile').all()) await tile.scrollIntoViewIfNeeded();
    await gallery.waitForFunction(() => {
      const images = [...document.querySelectorAll<HTMLImageElement>('li.tile img')];
      return images.length === 30 && images.every(({ complete, naturalWidth }) => complete && naturalWidth > 0);
    });
    assert.equal(readLabels(workspace).images.length, 30);
  });

  it('lays the heat map over the defect', async () => {
    const { page, workspace } = session;
    const hottest = await hottestPlaces(gallery);
    const defects = hottest.filter(({ path }) => !path.includes('/good/'));
    assert.equal(defects.length, 24, 'every defect has a heat map');
    let hits = 0;
    for (const { path, x, y } of defects) {
      // Within one patch of 1/32 of the side, and half a patch for its own width.
      if ((await distanceToDefect(workspace, path, x, y)) < 1.5 / 32) hits++;
    }
    assert.ok(hits >= 0.9 * defects.length, `${hits} of ${defects.length} hottest places are at the defect`);
    await screenshot(page, '3-gallery');
  });

  it('covers exactly the image with the heat map', async () => {
    const offsets = await gallery.evaluate(() =>
      [...document.querySelectorAll('li.tile')]
        .filter((tile) => (tile.querySelector('canvas')?.width ?? 0) > 0)
        .map((tile) => {
          const image = tile.querySelector('img')!.getBoundingClientRect();
          const canvas = tile.querySelector('canvas')!.getBoundingClientRect();
          return Math.max(
            Math.abs(image.left - canvas.left),
            Math.abs(image.top - canvas.top),
            Math.abs(image.right - canvas.right),
            Math.abs(image.bottom - canvas.bottom),
          );
        }),
    );
    assert.ok(offsets.length > 0);
    assert.ok(Math.max(...offsets) < 0.5, `${Math.max(...offsets)} pixels apart`);
  });

  it('renames a cluster in the gallery, undoes it, renames it again and saves', async () => {
    const { page, workspace } = session;
    const rename = async (name: string) => {
      await gallery.locator('button.cluster-name').first().click();
      await page.keyboard.type(name);
      await page.keyboard.press('Enter');
      await gallery.locator('.cluster-title', { hasText: name }).first().waitFor();
    };
    await rename('first idea');
    // The page shows the name at once; it is an edit when the tab has its mark.
    await page.locator('.tab.active.dirty').waitFor();
    await page.keyboard.press('Control+z');
    await gallery.locator('.cluster-title', { hasText: 'first idea' }).waitFor({ state: 'detached' });
    await rename('deep scratch');
    await page.keyboard.press('Control+s');
    await eventually('the name in the label file', () =>
      readLabels(workspace).clusters.some(({ name }) => name === 'deep scratch'),
    );
  });

  it('shows the clusters in the side panel', async () => {
    const { page, workspace } = session;
    // The run has opened it; its icon is the one that is pressed.
    await page.locator('.activitybar .action-item.checked a[aria-label="Anomaly Clustering"]').waitFor();
    const rows = page.locator('.pane-body .monaco-list-row');
    await rows.filter({ hasText: 'deep scratch' }).first().waitFor();
    const clusters = readLabels(workspace).clusters.length;
    // The dataset and its clusters, which say how many images they have.
    assert.equal(await rows.count(), clusters + 1);
    assert.match(await rows.first().innerText(), /30 images/);
    const counts = await rows.locator('.label-description').allInnerTexts();
    assert.equal(
      counts.slice(1).reduce((sum, count) => sum + Number.parseInt(count), 0),
      30,
    );
    await rows.filter({ hasText: 'deep scratch' }).first().locator('.monaco-tl-twistie').click();
    await screenshot(page, '4-side-panel');
  });

  it('shows pictures on hover, images in the gallery on a click, and files on a double click', async () => {
    const { page } = session;
    const image = page.locator('.pane-body .monaco-list-row', { hasText: /^\d{3}\.png/ }).first();
    const picture = page.locator('.monaco-hover img').first();
    // Where rows are drawn anew just then, VS Code forgets the pointer until it comes again.
    await eventually('the picture beside the row', async () => {
      await page.mouse.move(700, 60);
      await image.hover();
      await picture.waitFor({ timeout: 10_000 });
      return true;
    });
    await eventually('the picture', () => picture.evaluate((img: HTMLImageElement) => img.naturalWidth > 0));
    await screenshot(page, '35-hover');
    await image.click();
    const selected = gallery.locator('li.tile[aria-selected="true"]');
    await selected.waitFor();
    const name = await image.locator('.label-name').innerText();
    const folder = await image.locator('.label-description').innerText();
    assert.equal(await selected.getAttribute('data-path'), `${folder}/${name}`);
    await image.dblclick();
    await page.locator('.tab.active', { hasText: name }).waitFor();
    await page.locator('.tab.active .codicon-close').click();
    await page.locator('.tab.active', { hasText: 'parts' }).waitFor();
    gallery = await webviewFrame(page, 'section.cluster');
    // A cluster is brought into view.
    await page.locator('.pane-body .monaco-list-row', { hasText: 'unnamed' }).last().click();
    await gallery.locator('section.cluster').last().waitFor();
  });

  it('renames a cluster in the side panel', async () => {
    const { page } = session;
    const row = page.locator('.pane-body .monaco-list-row', { hasText: 'deep scratch' }).first();
    await openMenu(page, row);
    await chooseMenuItem(page, 'Rename Cluster');
    await page.locator('.quick-input-widget input').waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('shallow scratch');
    await page.keyboard.press('Enter');
    await gallery.locator('.cluster-title', { hasText: 'shallow scratch' }).first().waitFor();
    await page.locator('.pane-body .monaco-list-row', { hasText: 'shallow scratch' }).first().waitFor();
  });

  it('writes nothing but the label file into the folder', () => {
    const { workspace } = session;
    assert.ok(existsSync(workspace.labelFile));
    assert.ok(!readFileSync(workspace.labelFile, 'utf8').includes(workspace.folder), 'no absolute path');
  });
});

interface Place {
  path: string;
  /** 0..1 from the left and from the top. */
  x: number;
  y: number;
}

/** Where each image's heat map is hottest. Only heat maps near the viewport are drawn, so each is brought there. */
async function hottestPlaces(gallery: Frame): Promise<Place[]> {
  const places: Place[] = [];
  const tiles = gallery.locator('li.tile');
  for (const tile of await tiles.all()) {
    await tile.scrollIntoViewIfNeeded();
    await tile.locator('canvas:not([width="0"])').waitFor();
    places.push(await tile.evaluate(hottestPlace));
  }
  await tiles.first().scrollIntoViewIfNeeded();
  return places;
}

/** Runs in the page. (No named functions inside: the loader would wrap them.) */
function hottestPlace(tile: Element): Place {
  const canvas = tile.querySelector('canvas')!;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  // The hottest colours are the most opaque and the brightest.
  const heat = Array.from(
    { length: data.length / 4 },
    (_, i) => data[i * 4 + 3]! * 1000 + data[i * 4]! + data[i * 4 + 1]!,
  );
  const best = heat.indexOf(Math.max(...heat));
  return {
    path: (tile as HTMLElement).dataset['path']!,
    x: ((best % canvas.width) + 0.5) / canvas.width,
    y: (Math.floor(best / canvas.width) + 0.5) / canvas.height,
  };
}
