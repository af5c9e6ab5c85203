// Runs the host suites inside a real VS Code: npx tsx test/tools/run-host.ts
// With VSCODE_EXECUTABLE (a program) or VSCODE_VERSION (a version to download) by @vscode/test-electron, which needs a display;
// otherwise in code-server with a browser, which needs neither a display nor a download of VS Code.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import type { Browser } from 'playwright-core';
import type { HostResult } from '../host/index';
import { openBrowser, openWorkbench } from './browser';
import { buildHostTests, hostSuite } from './build-host-tests';
import { installTestTools } from './install';
import { root } from './paths';
import { startVSCode, type VSCode } from './vscode';

const minutes = 20;

await buildHostTests();

const work = mkdtempSync(join(tmpdir(), 'host-tests-'));
const results = process.env['TEST_RESULTS'] ?? join(work, 'results.json');
const workspace = join(work, 'workspace');
// VS Code tells of nothing that happens in this folder, as it is with folders that came a moment before.
mkdirSync(join(workspace, '.vscode'), { recursive: true });
writeFileSync(
  join(workspace, '.vscode', 'settings.json'),
  JSON.stringify({ 'files.watcherExclude': { '**/unwatched/**': true } }),
);
const env = { TEST_RESULTS: results, ANOMALY_CLUSTERING_CACHE: join(work, 'cache') };
const { VSCODE_EXECUTABLE, VSCODE_VERSION } = process.env;
try {
  if (VSCODE_EXECUTABLE !== undefined || VSCODE_VERSION !== undefined) await runInDesktop();
  else await runInServer();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
try {
  const { lines, failed } = JSON.parse(readFileSync(results, 'utf8')) as HostResult;
  console.log(lines.join('\n'));
  if (failed > 0) process.exitCode = 1;
} catch {
  console.error('The host tests gave no result.');
  process.exitCode = 1;
}
rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });

async function runInDesktop(): Promise<void> {
  await runTests({
    ...(VSCODE_EXECUTABLE === undefined ? {} : { vscodeExecutablePath: VSCODE_EXECUTABLE }),
    ...(VSCODE_VERSION === undefined ? {} : { version: VSCODE_VERSION }),
    cachePath: join(root, '.test-tools', 'desktop'),
    extensionDevelopmentPath: root,
    extensionTestsPath: hostSuite,
    extensionTestsEnv: env,
    launchArgs: [
      workspace,
      '--disable-extensions',
      '--disable-workspace-trust',
      `--user-data-dir=${join(work, 'user-data')}`,
      `--extensions-dir=${join(work, 'extensions')}`,
    ],
  });
}

/** The workbench is told by its address what test-electron tells the desktop by its arguments. */
async function runInServer(): Promise<void> {
  const tools = installTestTools();
  const vscode = await startVSCode(tools, { env });
  try {
    const browser = await openBrowser(tools);
    try {
      if ((await exitCode(browser, vscode)) !== 0) process.exitCode = 1;
    } finally {
      await browser.close();
    }
  } finally {
    await vscode.stop();
  }
}

/** Opens the workbench, which runs the suite and says how it ended. */
function exitCode(browser: Browser, vscode: VSCode): Promise<number> {
  const remote = (path: string) => `vscode-remote://${vscode.authority}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['extensionTestsPath', remote(hostSuite)],
  ];
  return new Promise((resolve, reject) => {
    AbortSignal.timeout(minutes * 60_000).addEventListener('abort', () =>
      reject(new Error(`No result after ${minutes} minutes.\n${vscode.log()}`)),
    );
    void openWorkbench(browser, vscode, workspace, {
      query: { payload: JSON.stringify(payload) },
      prepare: async (page) => {
        await page.exposeFunction('codeAutomationExit', resolve);
        await page.exposeFunction('codeAutomationLog', () => undefined);
      },
    }).catch(reject);
  });
}
