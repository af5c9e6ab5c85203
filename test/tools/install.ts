// Installs the heavy test tools, once, into .test-tools/: a real VS Code (code-server) and a browser.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const tools = join(root, '.test-tools');

/** Pinned, so that a test never fails because a tool changed. */
const serverPackages = [
  // VS Code 1.100.3 on Node 20.
  'code-server@4.100.3',
  '@vscode/ripgrep@1.18.0',
  'argon2-prebuilt@npm:argon2@0.44.0',
];
const browserPackages = ['@sparticuz/chromium@143.0.4'];

/** The machine's fonts and the package's own: without any font, pages crash. */
const fontSettings = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

const advice = 'Install Chromium or Chrome, or set CHROMIUM to its program.';

export interface BrowserProgram {
  path: string;
  /** Added to its environment. */
  env: Record<string, string>;
}

export interface TestTools {
  /** Entry point of code-server, for Node. */
  codeServer: string;
  browser: BrowserProgram;
}

/** Installs what is missing. Says what it does, because it takes a minute. */
export function installTestTools(): TestTools {
  const server = join(tools, 'code-server');
  once(server, 'VS Code (code-server)', serverPackages, completeCodeServer);
  return {
    codeServer: join(server, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
    browser: findBrowser(),
  };
}

/**
 * Installs packages into a folder of their own and completes them, unless that very list was completed before. The stamp is written
 * last: an interrupted installation starts afresh.
 */
function once(folder: string, what: string, packages: string[], complete: (folder: string) => void): void {
  const stamp = join(folder, '.installed');
  const recipe = packages.join('\n');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === recipe) return;
  console.log(`Installing ${what} into ${folder} (once) …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  npm(folder, ['install', '--ignore-scripts', ...packages]);
  complete(folder);
  writeFileSync(stamp, recipe);
}

/** What the package's install scripts would do, without a compiler and without a download from elsewhere. */
function completeCodeServer(folder: string): void {
  const modules = join(folder, 'node_modules');
  const vscode = join(modules, 'code-server', 'lib', 'vscode');
  npm(vscode, ['install', '--ignore-scripts', '--omit=dev']);
  // The server does not start without argon2. Its own one must be compiled; a newer one brings the program along.
  link('argon2-prebuilt', join(modules, 'argon2'));
  // VS Code's own copy would be downloaded by its install script; the newer package brings the program along.
  const binary = join(vscode, 'node_modules', '@vscode', 'ripgrep', 'bin');
  mkdirSync(binary, { recursive: true });
  link(ripgrepProgram(folder), join(binary, 'rg'));
  link('node_modules', join(vscode, 'node_modules.asar'));
  link('code-linux.sh', join(vscode, 'bin', 'remote-cli', 'code-server'));
  link('browser-linux.sh', join(vscode, 'bin', 'helpers', 'browser.sh'));
  try {
    npm(vscode, ['rebuild', 'native-watchdog', '@vscode/spdlog']);
  } catch {
    console.log('No compiler for two optional parts: VS Code runs without log files.');
  }
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
  rmSync(path, { recursive: true, force: true });
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

/** The browser that CHROMIUM names, one on the machine, or else (and with CHROMIUM_FROM_NPM) one from npm. */
function findBrowser(): BrowserProgram {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && !starts({ path: named, env: {} })) {
    throw new Error(`CHROMIUM is ${named}, and that does not start.`);
  }
  const places = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  const path = named ?? places.find((place) => existsSync(place) && starts({ path: place, env: {} }));
  return path !== undefined && process.env['CHROMIUM_FROM_NPM'] === undefined ? { path, env: {} } : packagedBrowser();
}

/** A file may be there and only tell people to install a browser, or lack libraries. */
function starts({ path, env }: BrowserProgram): boolean {
  return spawnSync(path, ['--version'], { env: { ...process.env, ...env }, stdio: 'ignore' }).status === 0;
}

/** Made for machines that have nothing: it brings its system libraries and a font along. Needs neither root nor a package manager. */
function packagedBrowser(): BrowserProgram {
  if (`${process.platform}-${process.arch}` !== 'linux-x64') {
    throw new Error(`The tests need a browser. ${advice}`);
  }
  const folder = join(tools, 'browser');
  once(folder, 'a browser', browserPackages, unpackBrowser);
  const unpacked = join(folder, 'unpacked');
  const env = {
    LD_LIBRARY_PATH: join(unpacked, 'al2023', 'lib'),
    FONTCONFIG_FILE: join(unpacked, 'fonts.conf'),
  };
  const browser = { path: join(unpacked, 'chromium'), env };
  if (!starts(browser)) throw new Error(`The browser at ${browser.path} does not start. ${advice}`);
  return browser;
}

/** The package unpacks its browser into the temporary folder, and its libraries only when it believes to be in a function service. */
function unpackBrowser(folder: string): void {
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  const script = `
    const { default: chromium } = await import('@sparticuz/chromium');
    await chromium.executablePath();`;
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: unpacked, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' },
  });
  if (status !== 0) throw new Error(`The browser could not be unpacked:\n${stderr}`);
  writeFileSync(join(unpacked, 'fonts.conf'), fontSettings);
}
