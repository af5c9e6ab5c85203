// A review in a real VS Code, by keyboard alone: a person who knows the classes decides on the images that they are asked about, and the others
// follow; undo leads back to where it began. On the sample, and on real bottles where they are at hand.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseLabels, type LabelDocument } from '../../worker/labels';
import { drawn, screenshot } from '../tools/browser';
import { eventually } from '../tools/eventually';
import { root } from '../tools/paths';
import { readLabels } from './dataset';
import { GalleryPage } from './gallery-page';
import { useSession } from './session';

const bottles = join(root, '..', 'shared', 'data', 'suite', 'mvtec-bottle', 'test');
const enough = 0.9;
const mostDecisions = 60;

interface Subject {
  name: string;
  /** Fills the folder; the sample's images by default. */
  prepare?: (dataset: string) => void;
  classOf: (path: string) => string;
}

const subjects: Subject[] = [
  { name: 'the sample', classOf: (path) => path.split('/')[1]! },
  {
    name: 'real bottles',
    prepare: (dataset) => {
      rmSync(dataset, { recursive: true });
      // A folder called good would be asked about: whether its images are the normal ones.
      for (const name of readdirSync(bottles))
        cpSync(join(bottles, name), join(dataset, name === 'good' ? 'intact' : name), { recursive: true });
    },
    classOf: (path) => path.split('/')[0]!,
  },
];

for (const { name, prepare, classOf } of subjects) {
  if (prepare && !existsSync(bottles)) {
    console.log(`A review of ${name}: skipped, needs shared/data`);
    continue;
  }
  describe(`a review of ${name}`, () => {
    const session = useSession('review', 6, undefined, ({ dataset }) => {
      prepare?.(dataset);
      return Promise.resolve({});
    });
    const gallery = new GalleryPage(session);
    const labels = async (): Promise<LabelDocument | undefined> => {
      const text = await gallery.toldLabels();
      return text === undefined ? undefined : parseLabels(text);
    };
    const asked = () => gallery.frame.locator('dialog.review .zoom-title').innerText();
    const isPinned = async (path: string) =>
      (await labels())?.images.some((image) => image.path === path && image.pinned === true) === true;
    let keys = 0;
    const press = async (...pressed: string[]) => {
      for (const key of pressed) await session.page.keyboard.press(key);
      keys += pressed.length;
    };
    const type = async (text: string) => {
      await session.page.keyboard.type(text);
      keys += text.length;
    };
    const right = ({ clusters, images }: LabelDocument) => {
      const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
      return images.filter(({ path, cluster }) => names.get(cluster) === classOf(path)).length / images.length;
    };
    let original: LabelDocument;

    before(async function () {
      await gallery.cluster();
      original = readLabels(session.workspace);
      await gallery.listen();
    });

    /** The image that is asked about can be seen. */
    const untilPictured = async () => {
      await gallery.frame.locator('dialog.review .zoom-sheet:not(.waiting)').waitFor();
      await drawn(gallery.frame);
    };

    it('by keyboard alone brings nine of ten images to where they belong', async () => {
      const { page } = session;
      await gallery.button('Review').click();
      await gallery.frame.locator('dialog.review[open] .review-card img').first().waitFor();
      await untilPictured();
      await screenshot(page, `30-review-${name.replaceAll(' ', '-')}`);
      const start = performance.now();
      let shown = original;
      let decisions = 0;
      for (; right(shown) < enough && decisions < mostDecisions; decisions++) {
        const path = await asked();
        const kind = classOf(path);
        const own = shown.clusters.find(({ id }) => id === shown.images.find((image) => image.path === path)!.cluster)!;
        const place = shown.clusters.findIndex((cluster) => cluster.name === kind);
        if (own.name === kind) await press('Enter');
        else if (place >= 0) await press(String(place + 1));
        else if (own.name === '') {
          await press('r');
          await type(kind);
          await press('Enter');
          await eventually(
            'the name',
            async () => (await labels())?.clusters.some((each) => each.name === kind) === true,
          );
          await press('Enter');
        } else {
          await press('n');
          await type(kind);
          await press('Enter');
        }
        await eventually(`the decision on ${path}`, () => isPinned(path));
        shown = (await labels())!;
        await gallery.frame.waitForFunction(
          (decided) => document.querySelector('dialog.review .zoom-title')!.textContent !== decided,
          path,
        );
        if (decisions === 5) {
          await untilPictured();
          await screenshot(page, `31-review-going-on-${name.replaceAll(' ', '-')}`);
        }
      }
      const seconds = (performance.now() - start) / 1000;
      console.log(
        `      ${name}: ${decisions} decisions of ${shown.images.length} images, ${keys} keys, ${seconds.toFixed(0)} s; ` +
          `${(100 * right(shown)).toFixed(0)} % are right, ${shown.images.filter(({ pinned }) => pinned).length} pinned`,
      );
      assert.ok(right(shown) >= enough, `${right(shown)} after ${decisions} decisions`);
      const pinned = shown.images.filter((image) => image.pinned === true);
      assert.equal(pinned.length, decisions);
      for (const { path, cluster } of pinned) {
        assert.equal(shown.clusters.find(({ id }) => id === cluster)!.name, classOf(path));
      }
    });

    it('is taken back step by step', async () => {
      const { page } = session;
      const shownAsked = await asked();
      await press('s');
      await gallery.frame.waitForFunction(
        (skipped) => document.querySelector('dialog.review .zoom-title')!.textContent !== skipped,
        shownAsked,
      );
      await press('u');
      await gallery.frame.waitForFunction(
        (skipped) => document.querySelector('dialog.review .zoom-title')!.textContent === skipped,
        shownAsked,
      );
      const count = async () => (await labels())!.images.filter(({ pinned }) => pinned).length;
      while ((await count()) > 0 || (await labels())!.clusters.some((cluster) => cluster.name !== '')) {
        const text = JSON.stringify(await labels());
        await press('u');
        await eventually('one step back', async () => JSON.stringify(await labels()) !== text);
      }
      assert.deepEqual(await labels(), original);
      await page.keyboard.press('Escape');
      await gallery.frame.locator('dialog.review[open]').waitFor({ state: 'detached' });
    });
  });
}
