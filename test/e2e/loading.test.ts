// The gallery's HTML in a real browser, where script, style sheet and pictures do not come at once: a busy VS Code in a browser answers "not found".
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../tools/browser';
import { galleryHtml } from '../tools/gallery-html';
import { installTestTools } from '../tools/install';

const files: Record<string, [type: string, text: string]> = {
  '/gallery.js': [
    'text/javascript',
    `document.body.append(Object.assign(document.createElement('h1'), { textContent: 'the gallery' }));
    const picture = Object.assign(document.createElement('img'), { alt: '' });
    picture.addEventListener('load', () => (document.title = 'shown'));
    picture.addEventListener('error', () => (document.title = 'failed'));
    picture.src = '/picture.svg';
    document.body.append(picture);`,
  ],
  '/gallery.css': ['text/css', 'body { color: rgb(1, 2, 3); }'],
  '/picture.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>'],
};

describe('loading the gallery', () => {
  let browser: Browser;
  let page: Page;
  let server: Server;
  /** Requests of each file that are answered "not found". */
  let refusals = 0;
  let picturesRefused = false;
  let html = '';
  const asked = new Map<string, number>();

  before(async () => {
    server = createServer(({ url = '' }, response) => {
      const times = (asked.get(url) ?? 0) + 1;
      asked.set(url, times);
      const [type, text] = url === '/' ? ['text/html', html] : (files[url] ?? []);
      const isRefused =
        type === undefined || (url !== '/' && times <= refusals) || (picturesRefused && type.startsWith('image/'));
      response.writeHead(isRefused ? 404 : 200, { 'Content-Type': type ?? 'text/plain' }).end(isRefused ? '' : text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    html = await galleryHtml('en', undefined, address());
    browser = await openBrowser(installTestTools());
  });
  beforeEach(async () => {
    asked.clear();
    picturesRefused = false;
    page = await browser.newPage();
  });
  afterEach(() => page.close());
  after(async () => {
    await browser?.close();
    server?.close();
  });

  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const titled = (title: string) => page.waitForFunction((wanted) => document.title === wanted, title);
  const color = () => page.evaluate(() => getComputedStyle(document.body).color);

  it('asks again for what VS Code did not hand out', async () => {
    refusals = 3;
    await page.goto(address());
    await page.getByRole('heading').waitFor();
    await page.waitForFunction(() => getComputedStyle(document.body).color === 'rgb(1, 2, 3)');
    await titled('shown');
    assert.deepEqual(
      ['/gallery.js', '/gallery.css', '/picture.svg'].map((file) => asked.get(file)),
      [4, 4, 4],
    );
    assert.equal(await page.getByRole('alert').count(), 0);
  });

  it('asks once where it comes', async () => {
    refusals = 0;
    await page.goto(address());
    await page.getByRole('heading').waitFor();
    assert.equal(await color(), 'rgb(1, 2, 3)');
    await titled('shown');
    assert.deepEqual(
      ['/gallery.js', '/gallery.css', '/picture.svg'].map((file) => asked.get(file)),
      [1, 1, 1],
    );
  });

  it('tells the page of a picture that never comes, and asks anew for another one', async () => {
    refusals = 0;
    picturesRefused = true;
    await page.goto(address());
    await titled('failed');
    assert.equal(asked.get('/picture.svg'), 4);
    await page.locator('img').evaluate((image: HTMLImageElement) => {
      document.title = '';
      image.src = '/picture.svg?other';
    });
    await titled('failed');
    assert.equal(asked.get('/picture.svg?other'), 4);
  });

  it('says what to do where it never comes', async () => {
    refusals = Infinity;
    await page.goto(address());
    await page.getByRole('alert').getByText('VS Code did not load the gallery').waitFor();
    assert.equal(asked.get('/gallery.js'), 6);
  });
});
