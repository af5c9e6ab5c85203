// A real browser on a real workbench: opening, palette commands, menus, webview frames, screenshots.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Frame, type Locator, type Page } from 'playwright-core';
import { eventually, eventuallyPasses } from './eventually';
import type { TestTools } from './install';
import type { VSCode } from './vscode';

const artifacts = join(import.meta.dirname, '..', 'artifacts');

/** Runs as root in a container, and asks for nothing outside this machine. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** @param more flags of Chromium */
export async function openBrowser(tools: TestTools, more: readonly string[] = []): Promise<Browser> {
  const { path, env } = tools.browser;
  return chromium.launch({
    executablePath: path,
    headless: true,
    args: [...flags, ...more],
    env: { ...(process.env as Record<string, string>), ...env },
  });
}

/** What each step of a test may take. */
const patienceMilliseconds = 90_000;

export interface WorkbenchOptions {
  /** Added to the address. */
  query?: Record<string, string>;
  /** Called before the page loads. */
  prepare?: (page: Page) => Promise<void>;
}

/** Opens a folder in the workbench. */
export async function openWorkbench(
  browser: Browser,
  { authority }: VSCode,
  folder: string,
  { query = {}, prepare }: WorkbenchOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  // A machine may be busy with other things; what waits for a fault waits no longer than a person would.
  context.setDefaultTimeout(patienceMilliseconds);
  const page = await context.newPage();
  await prepare?.(page);
  const address = new URL(`http://${authority}/`);
  for (const [key, value] of Object.entries({ folder, ...query })) address.searchParams.set(key, value);
  await page.goto(address.href);
  await page.waitForSelector('.monaco-workbench');
  return page;
}

/**
 * Runs a command of the palette by its title. The palette lists what there is when it opens, and goes when something else takes the focus, so it is
 * opened again while VS Code starts.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  for (let attempt = 1; ; attempt++) {
    try {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input').waitFor({ timeout: 4000 });
      await page.keyboard.type(title);
      await row.waitFor({ timeout: 4000 });
      break;
    } catch (error) {
      if (attempt === 20) throw error;
      await page.keyboard.press('Escape');
    }
  }
  await page.keyboard.press('Enter');
}

/** Right-clicks a folder of the Explorer and waits until its menu is there. */
export async function openExplorerMenu(page: Page, folder: string): Promise<void> {
  await openMenu(page, page.locator('.explorer-folders-view .monaco-list-row', { hasText: folder }).first());
}

/** Chooses from the menu of a folder of the Explorer. */
export async function chooseInExplorer(page: Page, folder: string, title: string): Promise<void> {
  await openExplorerMenu(page, folder);
  await chooseMenuItem(page, title);
}

/** Right-clicks a row of a list and waits until its menu is there. A menu goes when something else takes the focus, so it is opened again then. */
export async function openMenu(page: Page, row: Locator): Promise<void> {
  const menu = page.locator('.monaco-menu').first();
  await row.waitFor();
  await eventuallyPasses('a menu', async () => {
    // What is under a menu takes no click.
    if (await menu.isVisible()) return;
    await row.click({ button: 'right', timeout: menuMilliseconds });
    await menu.waitFor({ timeout: menuMilliseconds });
  });
}

const menuMilliseconds = 4000;

export async function chooseMenuItem(page: Page, title: string): Promise<void> {
  const item = page.locator('.monaco-menu .action-item', { hasText: title }).first();
  // By key: a menu takes no click in its first moments, so that the click that opened it does not choose.
  await item.hover();
  await page.locator('.monaco-menu .action-item.focused', { hasText: title }).waitFor();
  await page.keyboard.press('Enter');
  await item.waitFor({ state: 'detached' });
}

/**
 * Chooses from one of VS Code's lists. A list goes when something else takes the focus, so it is opened again then.
 * @param open asks for the list; not called while there is one
 * @param look what is done with the row before it is chosen
 */
export async function chooseFromList(
  page: Page,
  title: string,
  open: () => Promise<unknown>,
  look: (row: Locator) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const rows = page.locator('.quick-input-widget .monaco-list-row');
  const row = rows.filter({ hasText: title }).first();
  await eventuallyPasses(`"${title}" in a list`, async () => {
    if (!(await rows.first().isVisible())) await open();
    await row.waitFor({ timeout: listMilliseconds });
    await look(row);
    await row.click({ timeout: listMilliseconds });
  });
}

/** An engine that has to start first answers later than VS Code. */
const listMilliseconds = 20_000;

/** The innermost frame that holds an element: a webview's page is two frames deep. */
export async function webviewFrame(page: Page, selector: string): Promise<Frame> {
  const look = framesThatHold(page, selector);
  return eventually(`a webview that holds ${selector}`, () => look()[0], { seconds: webviewSeconds });
}

/**
 * @returns a look at the frames that hold an element, as far as they have answered. One that is going away, or whose page is being written,
 * may never answer: so each is asked by itself, and again after a while.
 */
export function framesThatHold(page: Page, selector: string): () => Frame[] {
  const asked = new Map<Frame, number>();
  const holding = new Set<Frame>();
  return () => {
    const now = performance.now();
    for (const frame of page.frames()) {
      if (now - (asked.get(frame) ?? -Infinity) < askAgainMilliseconds) continue;
      asked.set(frame, now);
      frame
        .locator(selector)
        .count()
        .then((count) => (count > 0 ? holding.add(frame) : holding.delete(frame)))
        .catch(() => holding.delete(frame))
        .finally(() => asked.delete(frame));
    }
    return [...holding].filter((frame) => !frame.isDetached());
  };
}

const askAgainMilliseconds = 3000;

/** A webview opens after a run, which a busy machine may take long for. */
const webviewSeconds = 180;

/** Lets a page draw what it was told. */
export async function drawn(frame: Frame | Page): Promise<void> {
  await frame.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** Keeps a picture under test/artifacts/, for people to look at: with all animations at their end. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(artifacts, { recursive: true });
  await page.screenshot({ path: join(artifacts, `${name}.png`), animations: 'disabled' });
}
