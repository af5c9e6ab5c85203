// The walkthrough in a real VS Code: it opens, its pictures fit every theme, its buttons work; and it speaks German.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { runCommand, screenshot, webviewFrame } from '../tools/browser';
import { useSession } from './session';

const steps = ['cluster', 'understand', 'correct'];
/** As the list of themes calls them, and as pages are told. */
const themes = { 'Dark Modern': 'dark', 'Light Modern': 'light', 'Dark High Contrast': 'high-contrast' };

describe('the walkthrough', () => {
  const session = useSession('walkthrough', 1);
  const step = (page: Page, index: number) => page.locator('.getting-started-step').nth(index);
  const isDone = (page: Page, index: number) => step(page, index).locator('.complete').first();
  const open = async (page: Page, title: string) => {
    await runCommand(page, 'Welcome: Open Walkthrough...');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
    await page.locator('.gettingStartedDetailsContent .getting-started-category', { hasText: title }).waitFor();
  };
  const expand = async (page: Page, index: number) => {
    const isExpanded = await step(page, index).evaluate((element) => element.classList.contains('expanded'));
    if (!isExpanded) await step(page, index).locator('.step-title').click();
    return webviewFrame(page, `svg#${steps[index]}`);
  };

  it('opens with its three steps', async () => {
    const { page } = session;
    await open(page, 'Get started with Anomaly Clustering');
    assert.deepEqual(await page.locator('.getting-started-step .step-title').allInnerTexts(), [
      'Cluster a folder of images',
      'See what makes a cluster',
      'Correct, name and commit',
    ]);
  });

  for (const [theme, kind] of Object.entries(themes)) {
    it(`has pictures that fit the theme: ${theme}`, async () => {
      const { page } = session;
      await runCommand(page, 'Preferences: Color Theme');
      await page.locator('.quick-input-widget input[placeholder*="Theme"]').fill(theme);
      await page.keyboard.press('Enter');
      for (const [index, picture] of steps.entries()) {
        const frame = await expand(page, index);
        await frame.locator(`body[data-vscode-theme-kind="vscode-${kind}"]`).waitFor();
        await page.waitForTimeout(300);
        await screenshot(page, `20-walkthrough-${picture}-${kind}`);
      }
    });
  }

  it('has buttons that do what they say, and steps that know when they are done', async () => {
    const { page } = session;
    await expand(page, 2);
    await page.locator('.getting-started-step .monaco-button', { hasText: 'Show the Clusters' }).click();
    await page.locator('.sidebar', { hasText: 'No images at hand?' }).waitFor();
    await isDone(page, 2).waitFor();
    await expand(page, 0);
    await page.locator('.getting-started-step .monaco-button', { hasText: 'Cluster a Folder of Images' }).click();
    await page.locator('.quick-input-widget', { hasText: 'Choose a folder of images' }).waitFor();
    await page.keyboard.press('Escape');
    await isDone(page, 0).waitFor();
  });
});
