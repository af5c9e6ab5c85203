// Starts a real VS Code on this machine: code-server, which is the workbench in a browser and the Node extension host.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually';
import type { TestTools } from './install';

export interface VSCodeOptions {
  /** Folder of an extension under development, or a .vsix file to install. */
  extension?: string;
  /** Added to the server's environment, which extensions inherit. */
  env?: Record<string, string>;
  settings?: Record<string, unknown>;
}

export interface VSCode {
  /** host:port, also VS Code's name for the remote. */
  authority: string;
  /** Process id of the server, the ancestor of the extension host. */
  pid: number;
  log(): string;
  /** Where it keeps settings and logs while it runs. */
  userData: string;
  /** Changes settings of the person, as if in settings.json. */
  changeSettings(changes: Record<string, unknown>): void;
  stop(): Promise<void>;
}

/** Nothing that looks for updates, talks to the network or covers the screen. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.enableExperiments': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  // A browser's VS Code saves by itself unless told; the desktop does not.
  'files.autoSave': 'off',
  'editor.cursorBlinking': 'solid',
  'chat.commandCenter.enabled': false,
};

const startSeconds = 180;
/** What a server that was asked to end gets for it. */
const graceSeconds = 5;

export async function startVSCode(tools: TestTools, options: VSCodeOptions = {}): Promise<VSCode> {
  const home = mkdtempSync(join(tmpdir(), 'vscode-'));
  const userData = join(home, 'user-data');
  const extensions = join(home, 'extensions');
  mkdirSync(join(userData, 'User'), { recursive: true });
  mkdirSync(extensions);
  const settings: Record<string, unknown> = { ...quietSettings, ...options.settings };
  const changeSettings = (changes: Record<string, unknown>) => {
    Object.assign(settings, changes);
    writeFileSync(join(userData, 'User', 'settings.json'), JSON.stringify(settings, null, 2));
  };
  changeSettings({});
  const common = ['--config', join(home, 'config.yaml'), '--user-data-dir', userData, '--extensions-dir', extensions];
  const env = {
    ...process.env,
    HOME: home,
    // Its sockets, which it leaves behind.
    XDG_RUNTIME_DIR: home,
    EXTENSIONS_GALLERY: '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":"","controlUrl":""}',
    ...options.env,
  };
  if (options.extension?.endsWith('.vsix')) install(tools, options.extension, common, env);
  else if (options.extension !== undefined)
    symlinkSync(options.extension, join(extensions, extensionFolderName(options.extension)));

  const port = await freePort();
  const authority = `127.0.0.1:${port}`;
  const flags = ['--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'];
  const server = spawn(
    process.execPath,
    [tools.codeServer, ...common, '--bind-addr', authority, ...flags, '--disable-getting-started-override'],
    // A process group of its own, so that the server ends with all that it started.
    { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true },
  );
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text: Buffer) => (log += text.toString()));
  // What the server has started may outlive it.
  const leaveNothing = () => {
    signal(server, 'SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  // When the tests are interrupted, too: a group of its own gets no Ctrl+C.
  process.once('exit', leaveNothing);
  const stop = async () => {
    await end(server);
    process.off('exit', leaveNothing);
    leaveNothing();
  };
  try {
    await untilReady(authority, server, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { authority, pid: server.pid!, log: () => log, userData, changeSettings, stop };
}

function install(tools: TestTools, vsix: string, common: string[], env: NodeJS.ProcessEnv): void {
  const args = [tools.codeServer, ...common, '--install-extension', vsix];
  const result = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  if (result.status !== 0) throw new Error(`Installing ${vsix} failed:\n${result.stdout}\n${result.stderr}`);
}

function extensionFolderName(folder: string): string {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  const { publisher, name, version } = JSON.parse(text) as Record<'publisher' | 'name' | 'version', string>;
  return `${publisher}.${name}-${version}`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function untilReady(authority: string, server: ChildProcess, log: () => string): Promise<void> {
  const isEnded = () => server.exitCode !== null || server.signalCode !== null;
  const isReady = async () => (await fetch(`http://${authority}/healthz`).catch(() => undefined))?.ok;
  try {
    await eventually('VS Code to be ready', async () => isEnded() || (await isReady()), { seconds: startSeconds });
  } catch (error) {
    throw new Error(`VS Code did not start:\n${log()}`, { cause: error });
  }
  if (isEnded()) throw new Error(`VS Code did not start:\n${log()}`);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit', { signal: AbortSignal.timeout(graceSeconds * 1000) });
  signal(server, 'SIGTERM');
  // One that does not end is killed.
  await ended.catch(() => undefined);
}

/** To the whole process group, which may have ended by itself. */
function signal(server: ChildProcess, name: NodeJS.Signals): void {
  try {
    process.kill(-server.pid!, name);
  } catch {
    // Ended already.
  }
}
