// Installs the heavy test tools, once, into .test-tools/: a real VS Code (code-server) and a browser.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const tools = join(root, '.test-tools');

/** Pinned, so that a test never fails because a tool changed. */
const versions = {
  /** VS Code 1.100.3 on Node 20. */
  codeServer: '4.100.3',
  chromium: '143.0.4',
  ripgrep: '1.18.0',
};

export interface TestTools {
  /** Entry point of code-server, for Node. */
  codeServer: string;
  /** The browser's program. */
  browser: string;
}

/** Installs what is missing. Says what it does, because it takes a minute. */
export function installTestTools(): TestTools {
  const server = join(tools, `code-server-${versions.codeServer}`);
  once(server, 'VS Code (code-server)', () => installCodeServer(server));
  return {
    codeServer: join(server, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
    browser: findBrowser(),
  };
}

/** Runs an installation in an empty folder unless it was finished before; an interrupted one starts afresh. */
function once(folder: string, what: string, install: () => void): void {
  const stamp = join(folder, '.installed');
  if (existsSync(stamp)) return;
  console.log(`Installing ${what} into ${folder} (once) …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  install();
  writeFileSync(stamp, '');
}

function installCodeServer(folder: string): void {
  npm(folder, [
    'install',
    '--ignore-scripts',
    `code-server@${versions.codeServer}`,
    `@vscode/ripgrep@${versions.ripgrep}`,
  ]);
  // The server does not start without argon2, which is built from source.
  npm(folder, ['rebuild', 'argon2'], { npm_config_build_from_source: 'true' });
  const vscode = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  npm(vscode, ['install', '--ignore-scripts', '--omit=dev']);
  // Log files, and an extension host that ends with its server. The terminal and other native parts are not needed.
  npm(vscode, ['rebuild', 'native-watchdog', '@vscode/spdlog']);
  // VS Code's own copy would be downloaded by its install script; the newer package brings the program along.
  const binary = join(vscode, 'node_modules', '@vscode', 'ripgrep', 'bin');
  mkdirSync(binary, { recursive: true });
  link(ripgrepProgram(folder), join(binary, 'rg'));
  link('node_modules', join(vscode, 'node_modules.asar'));
  link('code-linux.sh', join(vscode, 'bin', 'remote-cli', 'code-server'));
  link('browser-linux.sh', join(vscode, 'bin', 'helpers', 'browser.sh'));
}

function ripgrepProgram(folder: string): string {
  const platform = `@vscode/ripgrep-${process.platform}-${process.arch}`;
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const file = createRequire(join(folder, 'package.json')).resolve(`${platform}/package.json`);
  const program = join(dirname(file), 'bin', name);
  if (!existsSync(program)) throw new Error(`${platform} holds no ${name}.`);
  return program;
}

function link(target: string, path: string): void {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

function npm(folder: string, args: string[], environment: Record<string, string> = {}): void {
  const env = { ...process.env, ...headers(), ...environment };
  const result = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${result.stdout}\n${result.stderr}`);
}

/** Native parts are built against the headers beside the node program, where there are any, without a download. */
function headers(): Record<string, string> {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? { npm_config_nodedir: prefix } : {};
}

/** A browser on the machine, or one from npm; where that lacks libraries and this is root on Debian, Debian's. */
function findBrowser(): string {
  const candidates = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  const present = () => candidates.find((path) => path !== undefined && existsSync(path));
  const found = present();
  if (found !== undefined && process.env['CHROMIUM_FROM_NPM'] === undefined) return found;
  const packaged = unpackBrowser();
  if (spawnSync(packaged, ['--version']).status === 0) return packaged;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing chromium from Debian (once) …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env, stdio: 'ignore' });
  }
  const installed = present();
  if (installed === undefined)
    throw new Error('The tests need a browser. Install Chromium, or set CHROMIUM to its program.');
  return installed;
}

/** The package unpacks its browser into the temporary folder. @returns the program's path */
function unpackBrowser(): string {
  const folder = join(tools, `chromium-${versions.chromium}`);
  const unpacked = join(folder, 'unpacked');
  once(folder, 'a browser', () => npm(folder, ['install', `@sparticuz/chromium@${versions.chromium}`]));
  mkdirSync(unpacked, { recursive: true });
  const script = `
    const { default: chromium } = await import('@sparticuz/chromium');
    process.stdout.write(await chromium.executablePath());`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: unpacked },
  });
  if (status !== 0) throw new Error(`The browser could not be unpacked:\n${stderr}`);
  return stdout;
}
