// Two people's labels in one file, as git leaves them, in a real VS Code: what each holds is shown, and taking one or both is one edit.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Frame } from 'playwright-core';
import { changeLabels, parseLabels, serializeLabels, type LabelChange } from '../../worker/labels';
import { screenshot, webviewFrame } from '../tools/browser';
import { git as runGit, mergeWithConflict } from '../tools/git';
import { readLabels } from './dataset';
import { GalleryPage } from './gallery-page';
import { useSession } from './session';

describe('a label file with the versions of two people', () => {
  const session = useSession('conflict', 4);
  const gallery = new GalleryPage(session);
  const text = () => readFileSync(session.workspace.labelFile, 'utf8');
  let panel: Frame;
  let conflicted: string;

  before(async () => {
    await gallery.cluster();
    const { dataset, labelFile } = session.workspace;
    const git = (...args: string[]) => runGit(dataset, ...args);
    const commit = (...changes: LabelChange[]) => {
      writeFileSync(labelFile, serializeLabels(changes.reduce(changeLabels, parseLabels(text()))));
      git('commit', '--quiet', '--all', '--message', 'labels');
    };
    const [first, second] = readLabels(session.workspace).clusters.map(({ id }) => id) as [number, number];
    git('init', '--quiet', '--initial-branch', 'main');
    git('add', '.');
    git('commit', '--quiet', '--message', 'photos');
    git('switch', '--quiet', '--create', 'night-shift');
    commit({ kind: 'rename', cluster: first, name: 'Riss' }, { kind: 'rename', cluster: second, name: 'gut' });
    git('switch', '--quiet', 'main');
    commit(
      { kind: 'rename', cluster: first, name: 'crack' },
      { kind: 'pin', paths: ['test/crack/000.png'], pinned: true },
    );
    mergeWithConflict(dataset, 'night-shift');
    conflicted = text();
    panel = await webviewFrame(session.page, '.conflict');
  });

  it('is told, with what each of them holds', async () => {
    await panel.locator('h1', { hasText: 'parts has two versions of its labels' }).waitFor();
    const cards = await panel.locator('.version').allInnerTexts();
    assert.match(cards[0]!, /Ours.*HEAD.*20 images in \d+ clusters.*crack/s);
    assert.match(cards[1]!, /Theirs.*night-shift.*20 images in \d+ clusters.*Riss, gut/s);
    await screenshot(session.page, '29-two-versions');
  });

  it('becomes one of both, which can be undone to the byte and saved', async () => {
    const { page } = session;
    await panel.locator('vscode-button', { hasText: 'Take both, image by image' }).click();
    gallery.frame = await webviewFrame(page, 'section.cluster');
    await gallery.frame.locator('.cluster-title', { hasText: 'crack / Riss' }).waitFor();
    await gallery.frame.locator('.cluster-title', { hasText: 'gut' }).waitFor();
    await gallery.untilDirty();
    assert.equal(text(), conflicted, 'nothing is saved before the person saves it');
    await screenshot(page, '30-both-versions');
    await gallery.frame.locator('li.tile').first().click();
    await page.keyboard.press('Control+z');
    panel = await webviewFrame(page, '.conflict');
    await gallery.untilClean();

    await panel.locator('vscode-button', { hasText: 'Take theirs' }).click();
    gallery.frame = await webviewFrame(page, 'section.cluster');
    await gallery.untilDirty();
    await gallery.frame.locator('li.tile').first().click();
    const { clusters } = await gallery.save();
    assert.deepEqual(
      clusters.map(({ name }) => name).filter((name) => name !== ''),
      ['Riss', 'gut'],
    );
  });
});
