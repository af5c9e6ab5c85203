// An area to ignore, as a person draws it: a rectangle and a polygon, by pointer and keys; saved, run again, and taken away.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArea } from '../../worker/area/document';
import { drawn, runCommand, screenshot } from '../tools/browser';
import { eventually } from '../tools/eventually';
import { readLabels } from './dataset';
import { GalleryPage } from './gallery-page';
import { useSession } from './session';

describe('an area to ignore', () => {
  const session = useSession('area', 4);
  const gallery = new GalleryPage(session);
  const areaFile = () => join(session.workspace.dataset, 'anomaly-area.json');
  const bar = () => gallery.frame.locator('.zoom-area-bar');
  const action = (title: string) => session.page.locator('.notifications-toasts .monaco-button', { hasText: title });
  let path: string;

  /** A place of the image on the screen. */
  async function at(x: number, y: number): Promise<[number, number]> {
    const box = (await gallery.frame.locator('dialog.zoom .zoom-sheet').boundingBox())!;
    return [box.x + x * box.width, box.y + y * box.height];
  }
  /** How opaque the heat map is in a part of the image, at most: 0 to 255. */
  function heatIn(left: number, top: number, right: number, bottom: number): Promise<number> {
    return gallery.frame.evaluate(
      ([l, t, r, b]) => {
        const canvas = document.querySelector<HTMLCanvasElement>('.zoom-heat')!;
        const [x, y] = [Math.ceil(l! * canvas.width), Math.ceil(t! * canvas.height)];
        const size = [Math.floor(r! * canvas.width) - x, Math.floor(b! * canvas.height) - y] as const;
        const { data } = canvas.getContext('2d')!.getImageData(x, y, ...size);
        return data.reduce((most, value, i) => (i % 4 === 3 ? Math.max(most, value) : most), 0);
      },
      [left, top, right, bottom],
    );
  }

  it('is drawn with the pointer around what stands out, and shown on other images, too', async () => {
    const { page } = session;
    await gallery.cluster();
    const all = (await gallery.sections()).flatMap(({ shown }) => shown);
    path = all.find((each) => each.includes('scratch')) ?? all[0]!;
    await gallery.zoomInto(path);
    assert.ok((await heatIn(0, 0, 1, 1)) > 0, 'something stands out before');

    await gallery.button('Area to Ignore…').click();
    await bar().waitFor();
    await page.mouse.move(...(await at(0, 0)));
    await page.mouse.move(...(await at(0.02, 0.02)));
    await page.mouse.down();
    await page.mouse.move(...(await at(0.3, 0.6)));
    await page.mouse.move(...(await at(0.5, 0.99)));
    await page.mouse.up();
    await bar()
      .locator('[role=status]', { hasText: /^5\d % of each image counts/ })
      .waitFor();

    // A polygon: three corners, of which the last is clicked twice.
    for (const [x, y] of [
      [0.6, 0.1],
      [0.9, 0.1],
    ] as const)
      await page.mouse.click(...(await at(x, y)));
    await bar().locator('[role=status]', { hasText: '2 corners' }).waitFor();
    await screenshot(page, '60-area-drawing');
    await page.mouse.dblclick(...(await at(0.9, 0.5)));
    await bar()
      .locator('[role=status]', { hasText: /^4\d % of each image counts/ })
      .waitFor();
    // By keys: Backspace takes the triangle away again, Space and Enter make another one.
    await page.keyboard.press('Backspace');
    await bar()
      .locator('[role=status]', { hasText: /^5\d % of each image counts/ })
      .waitFor();
    for (const keys of [
      ['Space', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft'],
      ['Space', 'ArrowUp', 'ArrowUp', 'ArrowUp'],
      ['Space', 'Enter'],
    ])
      for (const key of keys) await page.keyboard.press(key);
    await bar()
      .locator('[role=status]', { hasText: /of each image counts/ })
      .waitFor();
    await gallery.button('Save').click();
    await eventually('the area file', () => existsSync(areaFile()));
    await bar().waitFor({ state: 'hidden' });
    const { mode, polygons } = parseArea(readFileSync(areaFile(), 'utf8'));
    assert.equal(mode, 'ignore');
    assert.deepEqual(
      polygons.map((polygon) => polygon.length),
      [4, 3],
    );
    for (const [i, wanted] of [0.02, 0.02, 0.5, 0.99].entries())
      assert.ok(Math.abs([...polygons[0]![0]!, ...polygons[0]![2]!][i]! - wanted) < 0.01, JSON.stringify(polygons[0]));

    await page.keyboard.press('ArrowRight');
    await gallery.untilZoomed();
    assert.equal(await gallery.frame.locator('.zoom-area:not(.empty)').count(), 1);
    await screenshot(page, '61-area-on-another-image');
    await page.keyboard.press('ArrowLeft');
    await gallery.untilZoomed();
  });

  it('counts from the next run on: no heat there, and the label file names it', async () => {
    const { page } = session;
    await page.keyboard.press('Escape');
    await gallery.frame.locator('dialog.zoom').waitFor({ state: 'hidden' });
    await gallery.listen();
    await action('Run Again').click();
    await eventually('what the run found, on the page', async () =>
      (await gallery.told('stateChanged')).some((state) => state.kind === 'labels' && state.analysis !== undefined),
    );
    assert.equal(readLabels(session.workspace).method['area'], 'anomaly-area.json');
    const images = (await gallery.sections()).flatMap(({ shown }) => shown);
    let elsewhere = 0;
    for (const image of images.slice(0, 4)) {
      await gallery.zoomInto(image);
      // Between the last patch that is ignored and the first one that counts there is a slope.
      assert.equal(await heatIn(0.04, 0.04, 0.45, 0.95), 0, image);
      elsewhere = Math.max(elsewhere, await heatIn(0, 0, 1, 1));
      if (image === images[0]) await screenshot(page, '62-area-after-the-run');
      await page.keyboard.press('Escape');
    }
    assert.ok(elsewhere > 0, 'what counts still has colours');
  });

  it('is left by Escape without a change, looks only there, and is removed, which can be undone', async () => {
    const { page } = session;
    const before = readFileSync(areaFile(), 'utf8');
    await gallery.zoomInto((await gallery.sections())[0]!.shown[0]!);
    await page.keyboard.press('a');
    await bar().waitFor();
    await page.keyboard.press('Space');
    await bar().locator('[role=status]', { hasText: '1 corner' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await bar().waitFor({ state: 'hidden' });
    assert.equal(await gallery.frame.locator('dialog.zoom[open]').count(), 1, 'the image is still there');
    assert.equal(readFileSync(areaFile(), 'utf8'), before);

    await page.keyboard.press('a');
    await bar().locator('vscode-checkbox').click();
    await drawn(gallery.frame);
    await screenshot(page, '63-area-look-only-here');
    await gallery.button('Save').click();
    await eventually('the other mode', () => readFileSync(areaFile(), 'utf8') === before.replace('ignore', 'look'));

    await bar().waitFor({ state: 'hidden' });
    await page.keyboard.press('Escape');
    await gallery.frame.locator('dialog.zoom').waitFor({ state: 'hidden' });
    await runCommand(page, 'Notifications: Clear All Notifications');
    await gallery.zoomInto((await gallery.sections())[0]!.shown[0]!);
    await gallery.button('Area to Ignore…').click();
    await gallery.button('Remove area').click();
    await eventually('no area file', () => !existsSync(areaFile()));
    await action('Undo').click();
    await eventually('the area again', () => existsSync(areaFile()));
    // Git brings another one: the page shows it.
    writeFileSync(areaFile(), before.replace(/\[\[.*/s, '[[0, 0], [1, 0], [1, 0.5]]\n  ]\n}\n'));
    await gallery.frame.locator('.area-outline[d="M0 0L1 0L1 0.5Z"]').waitFor({ state: 'attached' });
  });
});
