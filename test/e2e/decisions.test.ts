// What a person decided stays, in a real VS Code: four names and a merge outlive Cluster Again, and computing the pictures of a
// committed folder on another machine leaves `git diff` empty.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSample } from '../../worker/sample';
import { chooseFromList, chooseMenuItem, openMenu, runCommand, screenshot } from '../tools/browser';
import { git as runGit } from '../tools/git';
import { eventually, eventuallyPasses } from '../tools/eventually';
import { readLabels } from './dataset';
import { GalleryPage, untilPictured } from './gallery-page';
import { useSession } from './session';

describe('decisions', () => {
  const settings = (folder: string) => join(folder, '.vscode', 'settings.json');
  // Only the first run knows this setting: later ones go by the label file.
  const session = useSession('decisions', 6, undefined, ({ folder }) => {
    mkdirSync(join(folder, '.vscode'));
    writeFileSync(settings(folder), JSON.stringify({ 'anomalyClustering.clusters': 7 }));
    return Promise.resolve({});
  });
  const gallery = new GalleryPage(session);
  const names = ['scratch', 'crack', 'missing hole', 'good part'];
  const text = () => readFileSync(session.workspace.labelFile, 'utf8');
  const toast = (words: string | RegExp) => session.page.locator('.notification-toast', { hasText: words });
  const git = (...args: string[]) => runGit(session.workspace.dataset, ...args);
  const openSidePanel = async () => {
    const panel = session.page.locator('.sidebar .monaco-list-row', { hasText: 'parts' }).first();
    if (!(await session.page.locator('.sidebar .composite.title', { hasText: 'Anomaly Clustering' }).isVisible()))
      await session.page.locator('.activitybar a[aria-label="Anomaly Clustering"]').click();
    await panel.waitFor();
    return panel;
  };
  const chooseOfDataset = async (item: string) => {
    await openMenu(session.page, await openSidePanel());
    await chooseMenuItem(session.page, item);
  };

  before(async () => {
    await gallery.cluster();
    await gallery.untilClusters(7);
    writeFileSync(settings(session.workspace.folder), '{}');
  });

  it('are made: four names and a merge', async () => {
    const { page } = session;
    for (const [i, name] of names.entries()) {
      const { id } = (await gallery.sections())[i]!;
      await gallery.section(id).locator('button.cluster-name').click();
      await page.keyboard.type(name);
      await page.keyboard.press('Enter');
      await gallery.saveUntil(() => readLabels(session.workspace).clusters.some((cluster) => cluster.name === name));
    }
    const { id } = (await gallery.sections())[0]!;
    await gallery.chooseInClusterMenu(id, 'Merge into');
    await gallery.frame.locator('.menu[aria-label="Merge into"] .menu-item', { hasText: names[1]! }).click();
    await gallery.saveUntil(() => readLabels(session.workspace).clusters.length === 6);
    await screenshot(page, '22-decisions-made');
  });

  it('are there after Cluster Again, which says what it changed', async () => {
    const { page, workspace } = session;
    const before = readLabels(workspace);
    assert.equal(before.clusters.filter(({ name }) => name !== '').length, 3, 'four names, two of them merged');
    await chooseOfDataset('Cluster Again');
    await toast('0 new, 0 moved, 0 clusters lost').waitFor();
    assert.deepEqual(readLabels(workspace).clusters, before.clusters);
    assert.deepEqual(readLabels(workspace).images, before.images);
    assert.equal(await gallery.frame.locator('section.cluster').count(), 6);
    await screenshot(page, '23-decisions-kept');
  });

  it('stay where they are when images come, which are shown, and can be taken back', async () => {
    const { page, workspace } = session;
    const before = text();
    await runCommand(page, 'Notifications: Clear All Notifications');
    const more = join(workspace.folder, '..', 'more');
    await makeSample(more, { imagesPerClass: 2, seed: 9 });
    mkdirSync(join(workspace.dataset, 'test', 'later'));
    cpSync(join(more, 'test'), join(workspace.dataset, 'test', 'later'), { recursive: true });
    const kept = readLabels(workspace);
    await chooseOfDataset('Cluster Again');
    await toast('10 new, ').waitFor();
    const after = readLabels(workspace);
    for (const { path, cluster } of kept.images) {
      const isDecided = kept.clusters.find(({ id }) => id === cluster)!.name !== '';
      if (isDecided) assert.equal(after.images.find((image) => image.path === path)!.cluster, cluster, path);
    }
    for (const { name } of kept.clusters)
      assert.ok(
        after.clusters.some((cluster) => cluster.name === name),
        name,
      );
    await toast('10 new').locator('.monaco-button', { hasText: 'Show' }).waitFor();
    await screenshot(page, '24-what-changed');
    await toast('10 new').locator('.monaco-button', { hasText: 'Undo' }).click();
    await eventually('the label file as it was', () => text() === before);
    rmSync(join(workspace.dataset, 'test', 'later'), { recursive: true });
  });

  it('are not touched by Compute on a machine without heat maps', async () => {
    const { page, workspace } = session;
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'labels');
    rmSync(workspace.cache, { recursive: true });
    await gallery.reloadWindow();
    await gallery.frame.locator('.notice', { hasText: 'Heat maps are not on this machine yet.' }).waitFor();
    // The photos are there all the same.
    await gallery.frame.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>('li.tile img')].every(({ naturalWidth }) => naturalWidth > 0),
    );
    await screenshot(page, '25-no-heat-maps');
    await gallery.button('Compute').click();
    await gallery.frame.locator('.notice').waitFor({ state: 'hidden' });
    await gallery.untilPictured();
    assert.equal(git('diff', '--stat'), '');
    assert.equal(git('status', '--porcelain'), '');
    await screenshot(page, '26-computed');
  });

  it('end only when the person says so', async () => {
    const { page, workspace } = session;
    const before = text();
    writeFileSync(settings(workspace.folder), JSON.stringify({ 'anomalyClustering.clusters': 1 }));
    // Until the host knows the setting, there is nothing to tell.
    await eventuallyPasses('word of a setting that does not count', async () => {
      await chooseOfDataset('Cluster Again');
      await toast('not these settings: clusters').waitFor({ timeout: 10_000 });
    });
    assert.equal(text(), before);
    const dialog = page.locator('.monaco-dialog-box', { hasText: 'would end' });
    await chooseOfDataset('Cluster Anew');
    await dialog.waitFor();
    await screenshot(page, '27-would-end');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(text(), before);
  });

  it('on images that are not there stay until they are removed', async () => {
    const { page, workspace } = session;
    const before = readLabels(workspace);
    const gone = before.images.slice(0, 2).map(({ path }) => path);
    for (const path of gone) rmSync(join(workspace.dataset, path));
    await chooseOfDataset('Cluster Again');
    await toast('2 not there now (their lines stay)').waitFor();
    const named = new Set(before.clusters.filter(({ name }) => name !== '').map(({ id }) => id));
    const stay = ({ images }: typeof before) =>
      images.filter(({ path }) => {
        const decided = before.images.find((image) => image.path === path)!.cluster;
        return gone.includes(path) || named.has(decided);
      });
    const again = readLabels(workspace);
    assert.deepEqual(stay(again), stay(before));
    assert.deepEqual(
      again.images.map(({ path }) => path),
      before.images.map(({ path }) => path),
    );
    await chooseOfDataset('Remove Missing Images');
    const dialog = page.locator('.monaco-dialog-box', { hasText: '2 images of the label file are not in parts' });
    await dialog.locator('.dialog-message-detail', { hasText: gone[0]! }).waitFor();
    await screenshot(page, '28-remove-missing');
    await dialog.locator('.monaco-button', { hasText: 'Remove' }).click();
    // The gallery is open, so the change is the person's to save or to undo.
    await gallery.untilDirty();
    const { images } = await gallery.save();
    assert.deepEqual(
      images,
      again.images.filter(({ path }) => !gone.includes(path)),
    );
  });

  it('on the number of clusters are offered in the side panel, each with its reason', async () => {
    const { page, workspace } = session;
    let number = 0;
    const open = () => chooseOfDataset('Number of Clusters');
    await chooseFromList(page, 'finer groups', open, async (row) => {
      await screenshot(page, '29-number-of-clusters');
      number = Number(/^\d+/.exec((await row.locator('.label-name').first().innerText()).trim())![0]);
    });
    await gallery.untilDirty();
    const { method, clusters } = await gallery.save();
    assert.equal(method.clusters, number);
    assert.ok(clusters.length >= number, `${clusters.length} clusters, with pinned images' own`);
    assert.deepEqual(
      readLabels(workspace).images.filter(({ pinned }) => pinned),
      [],
    );
  });

  it('are kept while new images are assigned, which carry a mark and have a filter', async () => {
    const { workspace, page } = session;
    const before = readLabels(workspace);
    const [first] = before.images.filter(({ path }) => path.startsWith('test/stain/'));
    const copy = 'test/stain/zz-new.png';
    cpSync(join(workspace.dataset, first!.path), join(workspace.dataset, copy));
    await session.page.locator('.sidebar .monaco-list-row', { hasText: '1 new' }).waitFor();
    await chooseOfDataset('Assign New Images');
    await toast('1 new image assigned').waitFor();
    const { images } = readLabels(workspace);
    assert.deepEqual(
      images.filter(({ path }) => path !== copy),
      before.images,
    );
    assert.equal(images.find(({ path }) => path === copy)!.cluster, first!.cluster);
    await gallery.frame.locator('.toolbar select').first().selectOption('new');
    await gallery.frame.waitForFunction(() => document.querySelectorAll('li.tile').length === 1);
    assert.match((await gallery.tile(copy).getAttribute('aria-label'))!, /new in the last run/);
    await gallery.untilPictured();
    await screenshot(page, '32-new-image');
  });

  it('are there when the images are compared with normal ones, and with each other again', async () => {
    const { page, workspace } = session;
    const good = join(workspace.dataset, 'good');
    cpSync(join(workspace.dataset, 'test', 'good'), good, { recursive: true });
    const named = readLabels(workspace).clusters.flatMap(({ name }) => (name === '' ? [] : [name]));
    const header = gallery.frame.locator('.page-header');
    const change = async (choice: string, compared: string) => {
      await chooseFromList(page, choice, () => header.locator('.link-button').click());
      await header.locator('.summary', { hasText: compared }).waitFor();
    };
    await change('With the normal images in good', 'normal images from good');
    const { method, clusters } = readLabels(workspace);
    assert.deepEqual([method.weights, method.normal], ['normal', 'good']);
    for (const name of named)
      assert.ok(
        clusters.some((cluster) => cluster.name === name),
        name,
      );
    // Normal images are no new ones.
    await page.locator('.sidebar .monaco-list-row', { hasText: /^parts\s*\d+ images$/ }).waitFor();
    await gallery.button('Show all').click();
    await gallery.frame.locator('li.tile').first().waitFor();
    await untilPictured(gallery.frame);
    await screenshot(page, '41-compared-with-normal-images');
    await change('With each other', 'compared with each other');
    assert.deepEqual(readLabels(workspace).method.normal, undefined);
  });
});
