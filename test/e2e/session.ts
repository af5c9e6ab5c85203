// A workbench in a browser for one suite: VS Code with the extension, opened on a workspace with sample images.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openWorkbench, screenshot } from '../tools/browser';
import { installTestTools } from '../tools/install';
import { startVSCode, type VSCode } from '../tools/vscode';
import { createWorkspace, type Workspace } from './dataset';

export interface Session {
  workspace: Workspace;
  vscode: VSCode;
  page: Page;
}

/**
 * Opens a session before a suite and closes it after; a failed test leaves a picture. The session is filled when the tests run.
 * @param extension folder or package of the extension; this checkout unless told
 * @param environment added to that of VS Code
 */
export function useSession(
  name: string,
  imagesPerClass: number,
  extension: () => string = () => join(import.meta.dirname, '..', '..'),
  environment: (workspace: Workspace) => Promise<Record<string, string>> = () => Promise.resolve({}),
): Session {
  const session = {} as Session;
  let browser: Browser | undefined;
  before(async function () {
    const tools = installTestTools();
    session.workspace = await createWorkspace({ imagesPerClass });
    const env = { ANOMALY_CLUSTERING_CACHE: session.workspace.cache, ...(await environment(session.workspace)) };
    session.vscode = await startVSCode(tools, { extension: extension(), env });
    browser = await openBrowser(tools);
    session.page = await openWorkbench(browser, session.vscode, session.workspace.folder);
    // Menus hold the extension's commands once VS Code has read its package.json, which shows in the activity bar.
    await session.page.locator('.activitybar a[aria-label="Anomaly Clustering"]').waitFor();
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await screenshot(session.page, `failure-${name}`);
  });
  after(async () => {
    await browser?.close();
    await session.vscode?.stop();
    session.workspace?.remove();
  });
  return session;
}
