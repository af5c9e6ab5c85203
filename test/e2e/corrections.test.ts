// Every correction of the gallery, in a real VS Code: one edit of the label file that Ctrl+Z takes back to the byte and Ctrl+Shift+Z
// brings again; the queue of doubts; places that look alike; and all exports through VS Code's own dialogs.
import { parseCatalogue } from '../../worker/learning/catalogue';
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { chooseFromList, drawn, runCommand, screenshot, webviewFrame } from '../tools/browser';
import { eventually, eventuallyPasses } from '../tools/eventually';
import { distanceToDefect, readLabels } from './dataset';
import { GalleryPage } from './gallery-page';
import { useSession } from './session';

describe('corrections and searches in the gallery', () => {
  const session = useSession('corrections', 12);
  const gallery = new GalleryPage(session);
  const text = () => readFileSync(session.workspace.labelFile, 'utf8');

  before(() => gallery.cluster());
  afterEach(async () => {
    const errors = session.page.locator('.notifications-toasts .notification-toast', {
      has: session.page.locator('.codicon-error'),
    });
    // Also of one that is still on its way in: its text is there, though not seen.
    assert.deepEqual(await errors.allTextContents(), [], 'VS Code shows an error');
  });

  const first = async () => (await gallery.sections())[0]!;
  const firstCount = async () => {
    const { id } = await first();
    return { id, count: await gallery.section(id).locator('.cluster-count').innerText() };
  };
  const nameIt = async (name: string) => {
    await gallery
      .section((await first()).id)
      .locator('button.cluster-name')
      .click();
    await session.page.keyboard.type(name);
    await session.page.keyboard.press('Enter');
  };
  const select = async (index: number) => {
    const path = (await first()).shown[index]!;
    await gallery.tile(path).click();
    return path;
  };
  let picked = '';
  let clusters = 0;
  /** What a person does, and what the label file must say then. */
  const corrections: { what: string; act: () => Promise<void>; holds: () => void | Promise<void> }[] = [
    {
      what: 'a new name',
      act: () => nameIt('scratch'),
      holds: () => assert.equal(readLabels(session.workspace).clusters[0]!.name, 'scratch'),
    },
    {
      what: 'the name of the main class, by keyboard alone',
      act: async () => {
        await gallery
          .section((await first()).id)
          .locator('.cluster-menu')
          .focus();
        await session.page.keyboard.press('Enter');
        await gallery.frame.locator('.menu').waitFor();
        // By the first letter: to "Rename", then to "Rename to “crack”".
        for (let step = 0; step < 2; step++) await session.page.keyboard.press('r');
        await session.page.keyboard.press('Enter');
      },
      holds: async () => {
        const { images, clusters: all } = readLabels(session.workspace);
        const path = images.find(({ cluster }) => cluster === all[0]!.id)!.path;
        assert.equal(all[0]!.name, path.split('/')[1]);
        assert.equal((await first()).title, all[0]!.name);
      },
    },
    {
      what: 'another colour',
      act: async () => {
        await gallery.chooseInClusterMenu((await first()).id, 'Change colour');
        await gallery.chooseInMenu('Colour 8');
      },
      holds: () => assert.equal(readLabels(session.workspace).clusters[0]!.color, 7),
    },
    {
      what: 'a pin',
      act: async () => {
        picked = await select(2);
        await session.page.keyboard.press('p');
      },
      holds: () => {
        const image = readLabels(session.workspace).images.find(({ path }) => path === picked)!;
        assert.equal(image.pinned, true);
      },
    },
    {
      what: 'a move by the menu',
      act: async () => {
        picked = await select(1);
        await gallery.button('Move to').click();
        await gallery.frame.locator('.menu').waitFor();
        // The key that stands beside the item, as the menu is open.
        await session.page.keyboard.press('2');
        await gallery.frame.locator('.done-note', { hasText: '1 image moved to' }).waitFor();
      },
      holds: async () => assert.equal(gallery.clusterOf(picked), (await gallery.sections())[1]!.id),
    },
    {
      what: 'a new cluster',
      act: async () => {
        picked = await select(0);
        await gallery.button('New cluster').click();
        // It is named another time.
        const field = gallery.frame.locator('.cluster-heading vscode-text-field');
        await field.waitFor();
        await session.page.keyboard.press('Escape');
        await field.waitFor({ state: 'detached' });
      },
      holds: () => {
        const { images } = readLabels(session.workspace);
        const own = images.filter(({ cluster }) => cluster === gallery.clusterOf(picked));
        assert.deepEqual(
          own.map(({ path }) => path),
          [picked],
        );
      },
    },
    {
      what: 'a merge',
      act: async () => {
        clusters = readLabels(session.workspace).clusters.length;
        await gallery.chooseInClusterMenu((await first()).id, 'Merge into');
        await gallery.frame.locator('.menu[aria-label="Merge into"] .menu-item').first().click();
      },
      holds: () => assert.equal(readLabels(session.workspace).clusters.length, clusters - 1),
    },
    {
      what: 'a split',
      act: async () => {
        clusters = readLabels(session.workspace).clusters.length;
        await gallery.chooseInClusterMenu((await first()).id, 'Split into');
      },
      holds: () => assert.equal(readLabels(session.workspace).clusters.length, clusters + 1),
    },
    {
      what: 'another number of clusters',
      act: async () => {
        clusters = readLabels(session.workspace).clusters.length;
        await gallery.togglePanel('Clusters');
        await gallery.frame.locator('.cut-panel input[type="range"]').focus();
        await session.page.keyboard.press('ArrowRight');
        await gallery.untilClusters(clusters + 1);
        await gallery.togglePanel('Clusters');
      },
      holds: () => assert.equal(readLabels(session.workspace).clusters.length, clusters + 1),
    },
    {
      what: 'a number of clusters that is worth a look',
      act: async () => {
        await gallery.togglePanel('Clusters');
        const other = gallery.frame.locator('.candidate[aria-pressed="false"]').first();
        clusters = Number(await other.textContent());
        await screenshot(session.page, '32-worth-a-look');
        await other.click();
        await gallery.untilClusters(clusters);
        await gallery.togglePanel('Clusters');
      },
      holds: () => assert.equal(readLabels(session.workspace).clusters.length, clusters),
    },
  ];

  for (const { what, act, holds } of corrections) {
    it(`${what} is one edit, which is undone and redone to the byte`, async () => {
      const { page } = session;
      const before = text();
      await gallery.listen();
      await act();
      await gallery.untilDirty();
      await gallery.save();
      const after = text();
      assert.notEqual(after, before);
      await holds();
      for (const [key, expected] of [
        ['Control+z', before],
        ['Control+Shift+z', after],
        ['Control+z', before],
      ] as const) {
        await page.keyboard.press(key);
        await gallery.untilDirty();
        await gallery.save();
        assert.equal(text(), expected, key);
        // The page hears of it after the file has it: what is clicked next is meant for what is there then.
        await gallery.untilShown(expected);
      }
      await page.keyboard.press('Escape');
    });
  }

  const escapeCheck = async () => {
    const [first] = await gallery.sections();
    await gallery.chooseInClusterMenu(first!.id, 'Images are OK');
    await gallery.section(first!.id).locator('.cluster-count', { hasText: 'OK ·' }).waitFor();
    await gallery.chooseInClusterMenu(first!.id, 'Check for escapes');
    await gallery.frame.locator('.cluster-title', { hasText: 'Escape check' }).waitFor();
  };

  it('empties the queue of what may have escaped: each decision brings the next image', async () => {
    const { page } = session;
    const before = text();
    await escapeCheck();
    const [queue] = await gallery.sections();
    assert.equal(await gallery.focusedPath(), queue!.shown[0]);
    await page.keyboard.press('p');
    await gallery.tile(queue!.shown[0]!).waitFor({ state: 'detached' });
    await gallery.frame.waitForFunction(
      (path) => (document.activeElement as HTMLElement).dataset['path'] === path,
      queue!.shown[1],
    );
    await page.keyboard.press('2');
    await gallery.tile(queue!.shown[1]!).waitFor({ state: 'detached' });
    const decided = queue!.shown.slice(0, 2);
    await gallery.saveUntil(() => {
      const { images } = readLabels(session.workspace);
      return images.filter(({ path, pinned }) => pinned === true && decided.includes(path)).length === 2;
    });
    await screenshot(page, '20-escape-check');
    await page.keyboard.press('Escape');
    await gallery.frame.locator('.cluster-title', { hasText: 'Escape check' }).waitFor({ state: 'detached' });
    // Two images, and the mark of their cluster.
    for (let step = 0; step < 3; step++) await page.keyboard.press('Control+z');
    await gallery.untilDirty();
    await gallery.saveUntil(() => text() === before);
    // As above: what is clicked next is meant for what is there then.
    await gallery.untilShown(before);
  });

  it('keeps what was decided out of the queue while its edit is on its way', async () => {
    const { page } = session;
    const before = text();
    await escapeCheck();
    const decided = (await gallery.sections())[0]!.shown.slice(0, 4);
    // Tiles that come to the page from now on.
    await gallery.frame.evaluate(() => {
      const page = window as unknown as { came: string[] };
      page.came = [];
      new MutationObserver((records) => {
        for (const { addedNodes } of records) {
          for (const node of addedNodes) page.came.push((node as HTMLElement).dataset['path'] ?? '');
        }
      }).observe(document.querySelector('section.cluster .grid')!, { childList: true });
    });
    await gallery.listen();
    for (let step = 0; step < decided.length; step++) await page.keyboard.press('p');
    await gallery.saveUntil(() => {
      const { images } = readLabels(session.workspace);
      return images.filter(({ path, pinned }) => pinned === true && decided.includes(path)).length === decided.length;
    });
    await gallery.untilShown(text());
    const came = await gallery.frame.evaluate(() => (window as unknown as { came: string[] }).came);
    assert.deepEqual(
      came.filter((path) => decided.includes(path)),
      [],
    );
    await page.keyboard.press('Escape');
    for (let step = 0; step <= decided.length; step++) await page.keyboard.press('Control+z');
    await gallery.untilDirty();
    await gallery.saveUntil(() => text() === before);
    // As above: what is clicked next is meant for what is there then.
    await gallery.untilShown(before);
  });

  it('shows nothing that was undone before the page heard of it', async () => {
    const { page } = session;
    const before = text();
    const { id, count } = await firstCount();
    // As if the host had still been at work on what it says of the edit.
    await gallery.holdBack('stateChanged');
    await select(0);
    await page.keyboard.press('2');
    await gallery.untilDirty();
    await eventually('the word of the edit', async () => (await gallery.heldBack()) > 0);
    assert.notEqual((await firstCount()).count, count, 'the page shows the edit');
    await gallery.holdBack(undefined);
    await page.keyboard.press('Control+z');
    await gallery.untilClean();
    await eventuallyPasses('the cluster as it was', async () => assert.deepEqual(await firstCount(), { id, count }));
    await gallery.frame.locator('.done-note').waitFor({ state: 'hidden' });
    assert.equal(text(), before);
    await page.keyboard.press('Escape');
  });

  it('finds places that look like a part of an image', async () => {
    const { page, workspace } = session;
    const cracks = readLabels(workspace).images.filter(({ path }) => path.startsWith('test/crack/'));
    const query = cracks[3]!.path;
    await gallery.showAllImages();
    await gallery.tile(query).scrollIntoViewIfNeeded();
    await gallery.zoomInto(query);
    await page.keyboard.press('f');
    const frame = gallery.frame.locator('.zoom-region');
    await frame.waitFor();
    // In parts of the image, both measured at one moment: the sheet is fitted anew when something is said below it.
    const centre = () =>
      gallery.frame.evaluate(() => {
        const [region, sheet] = ['.zoom-region', '.zoom-sheet'].map((each) =>
          document.querySelector(each)!.getBoundingClientRect(),
        ) as [DOMRect, DOMRect];
        return {
          x: (region.x + region.width / 2 - sheet.x) / sheet.width,
          y: (region.y + region.height / 2 - sheet.y) / sheet.height,
        };
      });
    // It starts where the image stands out most.
    const start = await centre();
    assert.ok((await distanceToDefect(workspace, query, start.x, start.y)) < 0.06, 'at the defect');
    await page.keyboard.press('ArrowRight');
    const moved = await centre();
    assert.ok(Math.abs(moved.x - start.x - 1 / 32) < 0.002, `${moved.x - start.x}`);
    await page.keyboard.press('ArrowLeft');
    await screenshot(page, '21-frame');
    await page.keyboard.press('Enter');
    await gallery.frame.locator('.cluster-title', { hasText: 'Similar to a place' }).waitFor({ timeout: 60_000 });
    const [found] = await gallery.sections();
    assert.equal(found!.shown[0], query);
    const top = found!.shown.slice(1, 11);
    const same = top.filter((path) => path.startsWith('test/crack/')).length;
    // One in five by chance.
    assert.ok(same >= 8, `${same} of ${top.join(' ')}`);
    const places = await gallery.frame.locator('li.tile .tile-place:visible').count();
    assert.ok(places > 10, `${places} places are marked`);
    await gallery.untilPictured();
    await screenshot(page, '22-similar-places');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });

  it('draws the frame with the pointer', async () => {
    const { page } = session;
    const path = (await first()).shown[0]!;
    await gallery.zoomInto(path);
    await gallery.frame.locator('.zoom-bar button.toggle').click();
    await gallery.frame.locator('.zoom-region').waitFor();
    // The image makes room for what is said below it.
    await drawn(gallery.frame);
    const sheet = (await gallery.frame.locator('dialog.zoom .zoom-sheet').boundingBox())!;
    await page.mouse.move(sheet.x + sheet.width * 0.2, sheet.y + sheet.height * 0.3);
    await page.mouse.down();
    await page.mouse.move(sheet.x + sheet.width * 0.5, sheet.y + sheet.height * 0.4, { steps: 4 });
    await page.mouse.up();
    const box = (await gallery.frame.locator('.zoom-region').boundingBox())!;
    assert.ok(Math.abs(box.width - sheet.width * 0.3) < 2 && Math.abs(box.height - sheet.height * 0.1) < 2);
    await gallery.button('Find similar places').click();
    await gallery.frame.locator('.cluster-title', { hasText: 'Similar to a place' }).waitFor({ timeout: 60_000 });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });

  it('shows weights in the place of distances, and filters by cluster and class from one list', async () => {
    const { page } = session;
    const path = (await first()).shown[0]!;
    const pixels = () =>
      gallery
        .tile(path)
        .locator('canvas:not([width="0"])')
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const distances = await pixels();
    await gallery.frame.getByLabel('Colours of heat maps').selectOption({ label: 'Weight (alpha)' });
    await eventually('weights in the heat map', async () => (await pixels()) !== distances);
    await gallery.untilPictured();
    await screenshot(page, '23-weights');
    await gallery.frame.getByLabel('Colours of heat maps').selectOption({ label: 'Unusual in the folder' });
    await eventually('distances in the heat map', async () => (await pixels()) === distances);

    const show = gallery.frame.locator('.choice', { hasText: 'All images' }).locator('select');
    await show.selectOption({ label: 'pore' });
    await gallery.frame.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>('li.tile')].every(({ dataset }) =>
        dataset['path']!.includes('/pore/'),
      ),
    );
    const { id, title } = readLabels(session.workspace).clusters.map(({ id, name }) => ({
      id,
      title: name || `unnamed ${id}`,
    }))[1]!;
    await show.selectOption({ label: title });
    await gallery.frame.waitForFunction(() => document.querySelectorAll('section.cluster').length === 1);
    assert.deepEqual(
      (await gallery.sections()).map((section) => section.id),
      [id],
    );
    await show.selectOption({ label: 'All images' });
    await gallery.frame.waitForFunction(() => document.querySelectorAll('section.cluster').length > 1);
  });

  it('selects by a box on the map', async () => {
    const { page } = session;
    const box = await gallery.openMap();
    await gallery.frame.getByLabel('Dragging').selectOption({ label: 'Box' });
    await page.mouse.move(box.x + 3, box.y + 3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 3, box.y + box.height - 3, { steps: 5 });
    await screenshot(page, '24-box');
    await page.mouse.up();
    await gallery.frame.locator('.selection-bar', { hasText: '60 images selected' }).waitFor();
    await page.keyboard.press('Escape');
    await gallery.togglePanel('Map');
  });

  describe('exports', () => {
    const target = (name: string) => join(session.workspace.folder, name);
    const choose = async (item: string) => {
      await gallery.button('Export').click();
      await gallery.chooseInMenu(item);
    };
    /**
     * VS Code's own dialog, into which a path can be typed once it has made its own proposal. It takes no answer while it looks at the
     * disk, so it is told again until it goes.
     */
    const answerDialog = async (proposal: string, path: string) => {
      const dialog = session.page.locator('.quick-input-widget');
      const input = dialog.locator('.quick-input-filter input');
      const isBusy = () => dialog.locator('.monaco-progress-container.active').isVisible();
      await eventually('the proposal of the dialog', async () => {
        return (
          (await dialog.isVisible()) &&
          (await input.inputValue()) === join(session.workspace.folder, proposal) &&
          !(await isBusy())
        );
      });
      await eventuallyPasses('the end of the dialog', async () => {
        if (!(await dialog.isVisible())) return;
        if ((await input.inputValue()) !== path) await input.fill(path);
        await dialog.locator('.quick-input-action .monaco-button').first().click({ timeout: 2000 });
        await dialog.waitFor({ state: 'hidden', timeout: 2000 });
      });
    };
    /** The file is there before everything is in it. */
    const untilHolds = (path: string, check: (text: string) => void) =>
      eventuallyPasses(path, () => check(readFileSync(path, 'utf8')));
    const paths = () => readLabels(session.workspace).images.map(({ path }) => path);

    it('writes a table', async () => {
      await choose('Table (CSV)');
      await answerDialog('parts-clusters.csv', target('clusters.csv'));
      await untilHolds(target('clusters.csv'), (text) => {
        const rows = parse<{ path: string }>(text, { columns: true });
        assert.deepEqual(rows.map(({ path }) => path).sort(), paths());
      });
    });

    it('writes COCO categories', async () => {
      await choose('COCO');
      await answerDialog('parts-clusters.coco.json', target('coco.json'));
      await untilHolds(target('coco.json'), (text) => {
        const coco = JSON.parse(text) as { images: unknown[]; categories: unknown[] };
        assert.equal(coco.images.length, 60);
        assert.equal(coco.categories.length, readLabels(session.workspace).clusters.length);
      });
    });

    it('writes labels for FiftyOne', async () => {
      await choose('FiftyOne');
      await answerDialog('parts-clusters.fiftyone.json', target('fiftyone.json'));
      await untilHolds(target('fiftyone.json'), (text) => {
        const { labels } = JSON.parse(text) as { labels: Record<string, unknown> };
        assert.equal(Object.keys(labels).length, 60);
      });
    });

    it('writes a catalogue of defects', async () => {
      const { id } = (await gallery.sections())[0]!;
      await gallery.section(id).locator('button.cluster-name').click();
      await session.page.keyboard.type('nick');
      await session.page.keyboard.press('Enter');
      await gallery.saveUntil(() => readLabels(session.workspace).clusters.some(({ name }) => name === 'nick'));
      await gallery.button('Export').click();
      await screenshot(session.page, '33-export');
      await gallery.chooseInMenu('Catalogue of defects');
      await answerDialog('parts-catalogue.json', target('catalogue.json'));
      await untilHolds(target('catalogue.json'), (text) => {
        const { clusters, examples } = parseCatalogue(text);
        assert.ok(clusters.some((cluster) => cluster.id === id && cluster.name === 'nick'));
        assert.ok(examples.some(({ cluster }) => cluster === id));
        assert.doesNotMatch(text, /\.png/);
      });
    });

    it('writes a report', async () => {
      await choose('Report');
      await answerDialog('parts-clusters.html', target('report.html'));
      await untilHolds(target('report.html'), (text) => assert.match(text, /data:image\/.*<\/html>\s*$/s));
    });

    it('places images in a folder for each cluster', async () => {
      mkdirSync(target('sorted'));
      await chooseFromList(session.page, 'Copy the images', () => choose('Folder for each cluster'));
      await answerDialog('/', `${target('sorted')}/`);
      const placed = () =>
        readdirSync(target('sorted'), { recursive: true })
          .map((each) => join(target('sorted'), String(each)))
          .filter((each) => statSync(each).isFile());
      await eventuallyPasses('a place for every image', () => assert.equal(placed().length, 60));
    });
  });

  it('is opened again from the palette', async () => {
    const { page } = session;
    await runCommand(page, 'View: Close All Editors');
    await page.locator('.tab').first().waitFor({ state: 'detached' });
    await runCommand(page, 'Anomaly Clustering: Open Gallery');
    gallery.frame = await webviewFrame(page, 'section.cluster');
    await gallery.frame.locator('li.tile').first().waitFor();
  });
});
