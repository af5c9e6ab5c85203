// The walkthrough in a real VS Code: it opens, its pictures fit every theme, its buttons work, and it speaks German.
import assert from 'node:assert/strict';
import {
  chooseFromList,
  chooseInExplorer,
  openWorkbench,
  runCommand,
  screenshot,
  webviewFrame,
  type WorkbenchOptions,
} from '../tools/browser';
import { untilPictured } from './gallery-page';
import { useSession } from './session';

/** One a step. */
const pictures = ['cluster', 'understand', 'correct'];
const english = 'Start with Anomaly Clustering';
describe('the walkthrough', () => {
  const session = useSession('walkthrough', 4);
  const details = () => session.page.locator('.gettingStartedDetailsContent');
  const step = (index: number) => details().locator('.getting-started-step').nth(index);
  const button = (title: string) => details().locator('.monaco-button', { hasText: title });
  /** A window as of a person who comes for the first time: walkthroughs of extensions are not restored after a reload. */
  const openWindow = async (options?: WorkbenchOptions) => {
    const context = session.page.context();
    session.page = await openWorkbench(context.browser()!, session.vscode, session.workspace.folder, options);
    await context.close();
    await session.page.locator('.activitybar a[aria-label="Anomaly Clustering"]').waitFor();
  };
  const openWalkthrough = async (title: string) => {
    await chooseFromList(session.page, title, () => runCommand(session.page, 'Welcome: Open Walkthrough...'));
    await details().locator('.getting-started-category', { hasText: title }).waitFor();
  };
  /** @returns the frame with the step's picture */
  const expand = async (index: number) => {
    const isExpanded = await step(index).evaluate(({ classList }) => classList.contains('expanded'));
    if (!isExpanded) await step(index).locator('.step-title').click();
    return webviewFrame(session.page, `svg#${pictures[index]}`);
  };
  /** @param kind what pages are told of the theme */
  const lookAtPictures = async (kind: string) => {
    for (const [index, picture] of pictures.entries()) {
      const frame = await expand(index);
      await frame.locator(`body[data-vscode-theme-kind="vscode-${kind}"]`).waitFor();
      await screenshot(session.page, `20-walkthrough-${picture}-${kind}`);
    }
  };

  it('opens with its three steps and their pictures', async () => {
    await openWalkthrough(english);
    assert.deepEqual(await details().locator('.step-title').allInnerTexts(), [
      'Cluster a folder of images',
      'See what makes a cluster',
      'Correct, name and commit',
    ]);
    await lookAtPictures('dark');
  });

  it('has buttons that do what they say, and steps that know when they are done', async () => {
    const { page } = session;
    await expand(2);
    await button('Show the Clusters').click();
    await page.locator('.sidebar', { hasText: 'No images at hand?' }).waitFor();
    await step(2).locator('.complete').first().waitFor();
    await expand(0);
    await button('Cluster a Folder of Images').click();
    await page.locator('.quick-input-widget', { hasText: 'Choose a folder of images' }).waitFor();
    await page.keyboard.press('Escape');
    await step(0).locator('.complete').first().waitFor();
  });

  for (const [theme, kind] of [
    ['Default Light Modern', 'light'],
    ['Default High Contrast', 'high-contrast'],
  ] as const) {
    it(`has pictures that fit the theme: ${theme}`, async () => {
      session.vscode.changeSettings({ 'workbench.colorTheme': theme });
      await openWindow();
      await openWalkthrough(english);
      await lookAtPictures(kind);
    });
  }

  it('speaks German, as the whole extension does', async () => {
    session.vscode.changeSettings({ 'workbench.colorTheme': 'Default Dark Modern' });
    // What a language pack would set. VS Code itself stays English without one.
    await openWindow({
      prepare: (page) => page.addInitScript(() => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: 'de' })),
    });
    await openWalkthrough('Erste Schritte mit Anomaly Clustering');
    await expand(0);
    await screenshot(session.page, '21-german');
    // What the manifest says, then the extension host, then what the host tells the gallery's page.
    await button('Ordner mit Bildern clustern').click();
    await session.page.locator('.quick-input-widget', { hasText: 'Ordner mit Bildern auswählen' }).waitFor();
    await session.page.keyboard.press('Escape');
    await chooseInExplorer(session.page, 'parts', 'Bilder nach Art der Anomalie clustern');
    const gallery = await webviewFrame(session.page, 'section.cluster');
    await gallery.locator('html[lang="de"]').waitFor({ state: 'attached' });
    await gallery.locator('p.summary', { hasText: /^20 Bilder · \d+ Cluster · miteinander verglichen/ }).waitFor();
    await gallery.locator('li.tile').first().click();
    await gallery.locator('.selection-bar', { hasText: '1 Bild ausgewählt' }).waitFor();
    await gallery.locator('vscode-button', { hasText: 'Durchsicht' }).waitFor();
    await gallery.locator('button.toggle', { hasText: 'Anzahlen' }).click();
    await gallery.locator('.metrics', { hasText: /Reinheit\d/ }).waitFor();
    await untilPictured(gallery);
    await screenshot(session.page, '21-german-gallery');
  });
});
