// Opens the page of a benchmark in a real browser and takes pictures of it: light, dark, on a phone, on paper. Fails on any error, on
// anything that the policy blocks, and on a page that is wider than its window.
//   npm run build && npx tsx test/checks/benchmark-page.ts [results.json, or made-up ones] [folder of the pictures] [built page]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchmarkResults } from '../../worker/benchmark/tables/results';
import { fillPage } from '../../worker/analysis/write-report';
import { drawn, openBrowser } from '../tools/browser';
import { madeUpResults } from './made-up-benchmark';
import { root, temporaryFolder } from './shared';

const [resultsFile = 'made-up', pictures = temporaryFolder(), template = join(root, 'dist/webview/benchmark.html')] =
  process.argv.slice(2);
const results =
  resultsFile === 'made-up' ? madeUpResults : (JSON.parse(readFileSync(resultsFile, 'utf8')) as BenchmarkResults);

mkdirSync(pictures, { recursive: true });
const file = resolve(pictures, 'index.html');
writeFileSync(file, fillPage(readFileSync(template, 'utf8'), results));

const views = {
  light: { colorScheme: 'light', width: 1400 },
  dark: { colorScheme: 'dark', width: 1400 },
  narrow: { colorScheme: 'light', width: 400 },
} as const;

const problems: string[] = [];
const browser = await openBrowser({
  codeServer: '',
  browser: { path: process.env['CHROMIUM'] ?? '/usr/bin/chromium', env: {} },
});
try {
  for (const [name, { colorScheme, width }] of Object.entries(views)) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    page.on('pageerror', ({ message }) => problems.push(`${name}: ${message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`${name}: ${message.text()}`);
    });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('main');
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLCanvasElement>('canvas')].every(({ width }) => width > 0),
    );
    await drawn(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) problems.push(`${name}: ${wide} pixels wider than the window`);
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true, animations: 'disabled' });
    if (name === 'dark') await page.pdf({ path: join(pictures, 'print.pdf'), format: 'A4' });
    await page.close();
  }
} finally {
  await browser.close();
}
console.log(problems.length > 0 ? problems.join('\n') : `No problems. Pictures: ${pictures}`);
process.exitCode = problems.length > 0 ? 1 : 0;
