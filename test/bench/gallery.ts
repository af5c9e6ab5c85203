// `npm run bench:gallery`: how the extension feels in a real VS Code with many images: activation, opening, scrolling, selecting, regrouping.
//   npm run bench:gallery                 20,000 images
//   npm run bench:gallery -- --images N   another number
//   npm run bench:gallery -- --regions    20,700 photos of parts with two defects each, of which 40,000 are found, grouped and shown
//   npm run bench:gallery -- --linked N   so many links to the 20,000, with labels and without an analysis, as after a clone
// Up to 2,000 images are drawn, and the others are links to them, because the page works with paths and vectors and not with pixels. They are
// clustered once, into test/artifacts/gallery-bench (a few minutes), and used again.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import { drawn, openBrowser, openWorkbench, runCommand, webviewFrame } from '../tools/browser';
import { makePackages } from '../tools/package';
import { installTestTools } from '../tools/install';
import { startVSCode } from '../tools/vscode';
import { parseLabels, serializeLabels } from '../../worker/labels';
import { showAllImages } from '../e2e/gallery-page';
import { makeTwoDefects } from '../tools/two-defects';
import { drawImages } from './scaling';

const root = join(import.meta.dirname, '..', '..');
const artifacts = join(root, 'test', 'artifacts');
const option = (name: string) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : Number(process.argv[at + 1]);
};
const linked = option('--linked');
const ofRegions = process.argv.includes('--regions');
/** Of two defects an image, not all are found. */
const photosForRegions = 20_700;
const drawnImages = option('--images') ?? (ofRegions ? photosForRegions : 20_000);
const images = linked ?? drawnImages;
const mostDrawn = 2000;
const starts = 5;
const kinds = 5;

const drawnPlace = join(artifacts, 'gallery-bench', String(drawnImages));
const kind = ofRegions ? `regions-${drawnImages}` : linked === undefined ? String(drawnImages) : `linked-${linked}`;
const place = join(artifacts, 'gallery-bench', kind);
const workspace = join(place, 'workspace');
/** After a clone nothing is known. */
const cache = join(place, 'cache');
if (ofRegions) await prepareRegions();
else await prepare();
if (linked !== undefined) prepareLinks(linked);

const tools = installTestTools();
const packages = mkdtempSync(join(tmpdir(), 'gallery-bench-'));
let vsix = '';
const lines: [what: string, value: string, wanted: string][] = [];
const note = (what: string, value: string, wanted = '') => {
  lines.push([what, value, wanted]);
  console.log(`${what}: ${value}`);
};
try {
  packageExtension();
  const browser = await openBrowser(tools, ['--enable-precise-memory-info']);
  try {
    await activation(browser);
    await gallery(browser);
  } finally {
    await browser.close();
  }
} finally {
  rmSync(packages, { recursive: true, force: true });
}
report();

/** Names of their own for the same files: what the page has to do is that of so many images. */
function prepareLinks(count: number): void {
  const parts = join(workspace, 'parts');
  const labelFile = join(parts, 'anomaly-clusters.json');
  if (existsSync(labelFile)) return;
  rmSync(place, { recursive: true, force: true });
  const from = join(drawnPlace, 'workspace', 'parts');
  const known = parseLabels(readFileSync(join(from, 'anomaly-clusters.json'), 'utf8'));
  const lines = Array.from({ length: count }, (_, i) => {
    const { path, cluster } = known.images[i % known.images.length]!;
    return { file: path, path: `${Math.floor(i / known.images.length)}/${path}`, cluster };
  });
  for (const folder of new Set(lines.map(({ path }) => dirname(path))))
    mkdirSync(join(parts, folder), { recursive: true });
  for (const { file, path } of lines) linkSync(join(from, file), join(parts, path));
  const labelled = lines.map(({ path, cluster }) => ({ path, cluster })).sort((a, b) => (a.path < b.path ? -1 : 1));
  writeFileSync(labelFile, serializeLabels({ ...known, images: labelled }));
}

/** Noise with two spots. */
async function prepare(): Promise<void> {
  const parts = join(drawnPlace, 'workspace', 'parts');
  if (existsSync(join(parts, 'anomaly-clusters.json'))) return;
  rmSync(drawnPlace, { recursive: true, force: true });
  console.log(`Drawing and clustering ${drawnImages} images into ${drawnPlace} (once) …`);
  const all = await drawImages(join(drawnPlace, 'all'), Math.min(drawnImages, mostDrawn), { spots: 2 });
  linkImages(
    readdirSync(all)
      .sort()
      .map((file) => join(all, file)),
    parts,
  );
  clusterFolder(parts, join(drawnPlace, 'cache'));
}

/** In noise nearly four regions an image are found; in photos there are the two that were drawn. */
async function prepareRegions(): Promise<void> {
  const parts = join(workspace, 'parts');
  if (existsSync(join(parts, 'anomaly-clusters.json'))) return;
  rmSync(place, { recursive: true, force: true });
  console.log(`Drawing and clustering ${drawnImages} photos into ${place} (once) …`);
  const all = join(place, 'all');
  const made = await makeTwoDefects(all, { images: Math.min(drawnImages, mostDrawn) });
  linkImages(
    made.map(({ path }) => join(all, path)),
    parts,
  );
  clusterFolder(parts, cache, '--regions');
}

/** As many names as there are images, for the files that there are, in a folder for each kind. */
function linkImages(files: readonly string[], parts: string): void {
  for (let kind = 0; kind < kinds; kind++) mkdirSync(join(parts, `spot-${kind + 2}`), { recursive: true });
  for (let i = 0; i < drawnImages; i++) {
    const name = `${String(i).padStart(6, '0')}.png`;
    linkSync(files[i % files.length]!, join(parts, `spot-${(i % kinds) + 2}`, name));
  }
}

function clusterFolder(parts: string, found: string, ...more: string[]): void {
  const options = ['--references', '8', '--clusters', '8', ...more];
  const { status } = spawnSync(process.execPath, [join(root, 'dist', 'cli.cjs'), 'cluster', parts, ...options], {
    env: { ...process.env, ANOMALY_CLUSTERING_CACHE: found },
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The images could not be clustered.');
}

function packageExtension(): void {
  const file = makePackages(packages, ['linux-x64']).get('linux-x64');
  if (file === undefined) throw new Error('The package could not be made without the npm registry.');
  vsix = file;
}

/** What "Running Extensions" says of the packaged extension, in fresh starts of VS Code. */
async function activation(browser: Browser): Promise<void> {
  const milliseconds: number[] = [];
  for (let start = 0; start < starts; start++) {
    const vscode = await startVSCode(tools, { extension: vsix, env: { ANOMALY_CLUSTERING_CACHE: cache } });
    const page = await openWorkbench(browser, vscode, workspace, { prepare: nameFunctions });
    const icon = page.locator('.activitybar a[aria-label="Anomaly Clustering"]');
    await icon.waitFor();
    // Once VS Code itself is at rest: what else it does at its start is not ours.
    await atRest(page);
    await icon.click();
    await page.locator('.pane-body .monaco-list-row', { hasText: 'parts' }).first().waitFor();
    await runCommand(page, 'Developer: Show Running Extensions');
    const row = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Anomaly Clustering' });
    const text = await row.locator('.activation-time').innerText();
    milliseconds.push(Number(/(\d+) ?ms/.exec(text)?.[1]));
    await page.context().close();
    await vscode.stop();
  }
  milliseconds.sort((a, b) => a - b);
  note(`activation, ${starts} starts of the packaged extension`, `${milliseconds.join(', ')} ms`, 'below 50 ms');
}

async function gallery(browser: Browser): Promise<void> {
  const vscode = await startVSCode(tools, { extension: vsix, env: { ANOMALY_CLUSTERING_CACHE: cache } });
  try {
    const prepare = async (page: Page) => {
      await nameFunctions(page);
      await watchForTiles(page);
    };
    const page = await openWorkbench(browser, vscode, workspace, { prepare });
    await page.locator('.activitybar a[aria-label="Anomaly Clustering"]').click();
    const dataset = page.locator('.pane-body .monaco-list-row', { hasText: 'parts' }).first();
    await dataset.waitFor();
    for (const time of ['first', 'second']) {
      await dataset.hover();
      await dataset.locator('.action-label[aria-label="Open Gallery"]').click();
      const start = Date.now();
      const frame = await webviewFrame(page, 'li.tile');
      const tiles = (await frame.evaluate(() => (window as unknown as { tilesSince: number }).tilesSince)) - start;
      await frame.waitForFunction(() =>
        [...document.querySelectorAll<HTMLImageElement>('li.tile img')].some(({ naturalWidth }) => naturalWidth > 0),
      );
      const pictures = Date.now() - start;
      note(`opening, ${time} time: tiles on the page`, `${(tiles / 1000).toFixed(2)} s`, 'within 2 s');
      note(`opening, ${time} time: first pictures`, `${(pictures / 1000).toFixed(2)} s`);
      if (time === 'second' && ofRegions) await showRegions(frame);
      if (time === 'second') await measurePage(page, frame);
      // A page that is closed while its pictures load keeps the next one waiting for half a minute, where a browser's VS Code serves
      // all webviews by one service worker (code-server; not on the desktop).
      await atRest(frame);
      await runCommand(page, 'View: Close Editor');
      await page.locator('.tab').first().waitFor({ state: 'detached' });
      await atRest(page);
    }
    await page.context().close();
  } finally {
    await vscode.stop();
  }
}

/** From the images to their regions, and to the overview that then stands there. */
async function showRegions(frame: Frame): Promise<void> {
  const labels = parseLabels(readFileSync(join(workspace, 'parts', 'anomaly-clusters.json'), 'utf8'));
  note('regions', String(labels.images.reduce((sum, { regions = [] }) => sum + regions.length, 0)));
  await atRest(frame);
  const start = performance.now();
  await frame.locator('.toolbar button.toggle', { hasText: 'Regions' }).click();
  await frame.locator('li.tile[data-path*="@"]').first().waitFor();
  note(
    'from images to regions: tiles on the page',
    `${((performance.now() - start) / 1000).toFixed(2)} s`,
    'within 2 s',
  );
}

/** Times of tasks longer than 50 ms since the observer was made. */
interface Watched {
  tasks: number[];
  frames: number[];
}

async function measurePage(page: Page, frame: Frame): Promise<void> {
  await atRest(frame);
  const start = performance.now();
  await showAllImages(frame);
  note('from the overview to all images', `${(performance.now() - start).toFixed(0)} ms`);
  await atRest(frame);
  await frame.evaluate(() => {
    const watched: Watched = { tasks: [], frames: [] };
    (window as unknown as { watched: Watched }).watched = watched;
    new PerformanceObserver((list) => watched.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe(
      { type: 'longtask' },
    );
    const clock = {
      last: performance.now(),
      next: (now: number) => {
        watched.frames.push(now - clock.last);
        clock.last = now;
        requestAnimationFrame(clock.next);
      },
    };
    requestAnimationFrame(clock.next);
  });
  const watch = async (what: string, action: () => Promise<void>) => {
    await frame.evaluate(() => {
      const { watched } = window as unknown as { watched: Watched };
      watched.tasks.length = watched.frames.length = 0;
    });
    await action();
    await atRest(frame);
    const { tasks, frames } = await frame.evaluate(() => (window as unknown as { watched: Watched }).watched);
    frames.sort((a, b) => a - b);
    const middle = frames[frames.length >> 1] ?? NaN;
    const late = frames[Math.floor(frames.length * 0.95)] ?? NaN;
    const long =
      tasks.length === 0 ? 'no long task' : `long tasks ${tasks.map((time) => time.toFixed(0)).join(', ')} ms`;
    note(what, `${long}; frames ${middle.toFixed(0)} ms, 95 % within ${late.toFixed(0)} ms`, 'no long task');
  };
  const box = (await frame.locator('.clusters').boundingBox())!;
  await page.mouse.move(box.x + 300, 500);
  await watch('scrolling, 100 turns of the wheel', async () => {
    for (let turn = 0; turn < 100; turn++) {
      await page.mouse.wheel(0, 300);
      await drawn(frame);
    }
  });
  await watch('jumping to ten places', async () => {
    for (let jump = 1; jump <= 10; jump++) {
      await frame.evaluate((part) => window.scrollTo({ top: part * document.documentElement.scrollHeight }), jump / 11);
      for (let pair = 0; pair < 5; pair++) await drawn(frame);
    }
  });
  const elements = () => frame.evaluate(() => document.querySelectorAll('*').length);
  note('elements in the page', String(await elements()));
  await watch('selecting ten images', async () => {
    for (let i = 0; i < 10; i++) {
      await frame.locator('li.tile').nth(i).click();
    }
  });
  await watch('selecting all by Ctrl+Shift+A', () => page.keyboard.press('Control+Shift+A'));
  await page.keyboard.press('Escape');
  await watch('typing a filter', async () => {
    await frame.locator('.search-field input').fill('');
    await frame.locator('.search-field input').pressSequentially('spot-3', { delay: 60 });
  });
  await frame.locator('.search-field input').fill('');
  // What follows needs what a run found.
  if (linked !== undefined) return;
  await frame.locator('button.toggle', { hasText: 'Clusters' }).click();
  await frame.locator('.chart', { hasText: 'Silhouette' }).waitFor({ timeout: 60_000 });
  const regroup = await frame.evaluate(async () => {
    const slider = document.querySelector<HTMLInputElement>('.cut-panel input[type="range"]')!;
    const times: number[] = [];
    for (const value of [9, 10, 12, 15, 20, 30, 40, 5, 3, 8]) {
      const start = performance.now();
      slider.value = String(value);
      slider.dispatchEvent(new Event('input'));
      // The first task after the frame that shows it.
      await new Promise((resolve) =>
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = resolve;
          port2.postMessage(null);
        }),
      );
      times.push(performance.now() - start);
    }
    return times;
  });
  note('regrouping by the slider, until it is shown', `${spread(regroup)} ms`, 'below 100 ms');
  await watch('curves of silhouette and purity', () => drawn(frame));
  await frame.locator('button.toggle', { hasText: 'Map' }).click();
  const mapStart = performance.now();
  await frame.locator('canvas.map').waitFor({ timeout: 300_000 });
  note('map, first time', `${((performance.now() - mapStart) / 1000).toFixed(1)} s`);
  const map = (await frame.locator('canvas.map').boundingBox())!;
  await watch('zooming the map and moving over it', async () => {
    await page.mouse.move(map.x + 100, map.y + 100);
    for (let turn = 0; turn < 20; turn++) {
      await page.mouse.wheel(0, turn < 10 ? -100 : 100);
      await page.mouse.move(map.x + 100 + turn * 5, map.y + 100 + turn * 3);
      await drawn(frame);
    }
  });
  await watch('lasso around half of the map', async () => {
    await page.mouse.move(map.x + 5, map.y + 5);
    await page.mouse.down();
    for (const [x, y] of [
      [map.width / 2, 5],
      [map.width / 2, map.height - 5],
      [5, map.height - 5],
      [5, 8],
    ] as const)
      await page.mouse.move(map.x + x, map.y + y, { steps: 6 });
    await page.mouse.up();
  });
  const selected = await frame.locator('.selection-count').innerText();
  note('selected by it', selected);
  await page.keyboard.press('Escape');
  await frame.locator('button.toggle', { hasText: 'Counts' }).click();
  await frame.locator('.confusion td button').first().waitFor();
  const heap = await frame.evaluate(() => {
    const { memory } = performance as unknown as { memory: { usedJSHeapSize: number } };
    return memory.usedJSHeapSize;
  });
  note('heap of the page', `${(heap / 1e6).toFixed(0)} MB`, 'below 300 MB');
  // A move and its undo, until the page shows them.
  const edit = await moveAndUndo(page, frame);
  note('moving an image by a digit key, until it is shown', `${edit.move.toFixed(0)} ms`);
  note('undoing it, until it is shown', `${edit.undo.toFixed(0)} ms`);
}

async function moveAndUndo(page: Page, frame: Frame): Promise<{ move: number; undo: number }> {
  await frame.evaluate(() => window.scrollTo({ top: 0 }));
  await atRest(frame);
  const path = await frame.locator('section.cluster').first().locator('li.tile').first().getAttribute('data-path');
  await frame.locator(`li.tile[data-path="${path}"]`).click();
  /** Milliseconds from a key to the moment at which the first heading says something else. */
  const watch = async (key: string) => {
    await frame.evaluate(() => {
      const page = window as unknown as { changed: Promise<number> };
      page.changed = new Promise((resolve) => {
        const heading = document.querySelector('section.cluster .cluster-count')!;
        const before = heading.textContent;
        const watched = { start: 0 };
        document.addEventListener('keydown', () => (watched.start = performance.now()), { capture: true, once: true });
        new MutationObserver(() => {
          if (heading.textContent !== before) resolve(performance.now() - watched.start);
        }).observe(heading, { childList: true, characterData: true, subtree: true });
      });
    });
    await page.keyboard.press(key);
    return frame.evaluate(() => (window as unknown as { changed: Promise<number> }).changed);
  };
  return { move: await watch('2'), undo: await watch('Control+z') };
}

/** The loader wraps functions with names, also those that run in the page. */
async function nameFunctions(page: Page): Promise<void> {
  await page.addInitScript('globalThis.__name = (named) => named');
}

/**
 * Every page says when its first tile came: asking it again and again from outside takes a tenth of a second of what is measured. Its document is
 * another one once VS Code has written it.
 */
async function watchForTiles(page: Page): Promise<void> {
  await page.addInitScript(`if (window !== top) {
    const look = setInterval(() => {
      if (!document.querySelector('li.tile')) return;
      window.tilesSince = performance.timeOrigin + performance.now();
      clearInterval(look);
    }, 5);
  }`);
}

/** Until half a second of frames has come without one that was late. */
async function atRest(page: Page | Frame): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const seen = { inTime: 0, last: performance.now() };
        const look = {
          next: (now: number) => {
            seen.inTime = now - seen.last < 50 ? seen.inTime + 1 : 0;
            seen.last = now;
            if (seen.inTime === 30) resolve();
            else requestAnimationFrame(look.next);
          },
        };
        requestAnimationFrame(look.next);
      }),
  );
}

/** Median, and the smallest to the largest. */
function spread(values: number[]): string {
  const sorted = values.map((value) => value.toFixed(0)).sort((a, b) => Number(a) - Number(b));
  return `${sorted[sorted.length >> 1]} (${sorted[0]} to ${sorted.at(-1)})`;
}

function report(): void {
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.versions.node}`;
  const table = lines.map(([what, value, wanted]) => `| ${what} | ${value} | ${wanted} |`);
  const text = [
    `${images} images${ofRegions ? ', shown as regions' : ''}; ${machine}`,
    '',
    '| what | measured | wanted |',
    '| --- | --- | --- |',
    ...table,
  ].join('\n');
  writeFileSync(join(artifacts, 'bench-gallery.md'), `${text}\n`);
  console.log(`\n${text}`);
}
