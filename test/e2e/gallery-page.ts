// The gallery as the tests use it: opening it by a run, its tiles and clusters, what is selected, and what the label file says.
import { writeFileSync } from 'node:fs';
import type { Frame, Locator } from 'playwright-core';
import type { NotificationName, NewsOf, HostMessage } from '../../webview/source/protocol';
import { chooseInExplorer, drawn, runCommand, webviewFrame } from '../tools/browser';
import { eventually } from '../tools/eventually';
import type { LabelDocument } from '../../worker/labels';
import { readLabels } from './dataset';
import type { Session } from './session';

export interface ShownCluster {
  id: number;
  title: string | null;
  /** Paths of its tiles on the page. */
  shown: string[];
}

export class GalleryPage {
  /** The webview's page; known once the gallery is open. */
  frame!: Frame;

  constructor(readonly session: Session) {}

  /** Right-click, cluster, and wait for the gallery. */
  async cluster(): Promise<void> {
    const { page } = this.session;
    await chooseInExplorer(page, 'parts', 'Cluster Images by Anomaly Type');
    this.frame = await webviewFrame(page, 'section.cluster');
    await this.frame.locator('li.tile').first().waitFor();
  }

  /** A person's way, on which VS Code keeps everything before it goes. */
  async reloadWindow(): Promise<void> {
    const { page } = this.session;
    await untilNothingLoads(this.frame);
    const loaded = page.waitForEvent('load');
    await runCommand(page, 'Developer: Reload Window');
    await loaded;
    this.frame = await webviewFrame(page, 'section.cluster');
    await this.frame.locator('li.tile').first().waitFor();
  }

  /** Another program writes the label file. */
  async writeOutside(text: string, expected: Locator): Promise<void> {
    writeFileSync(this.session.workspace.labelFile, text);
    await expected.waitFor();
  }

  /** The text of the editor is that of the file once it is saved. */
  async save(): Promise<LabelDocument> {
    await this.session.page.keyboard.press('Control+s');
    await this.untilClean();
    return readLabels(this.session.workspace);
  }

  /** Saves right after an edit, which the page shows before the editor has it: the key waits for the edit. */
  async saveUntil(holds: () => boolean): Promise<void> {
    await this.session.page.keyboard.press('Control+s');
    await eventually('the edit in the label file', holds);
    await this.untilClean();
  }

  untilClean(): Promise<void> {
    return this.session.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }

  untilDirty(): Promise<void> {
    return this.session.page.locator('.tab.active.dirty').waitFor();
  }

  /** From now on, `told` knows what the host tells the page. */
  async listen(): Promise<void> {
    await this.frame.evaluate(() => {
      const page = window as unknown as { told?: unknown[] };
      // Who listens twice hears of everything once.
      if (page.told === undefined) window.addEventListener('message', ({ data }) => page.told!.push(data));
      page.told = [];
    });
  }

  /** Loses notifications of one name from now on, or none any more. */
  async holdBack(name: NotificationName | undefined): Promise<void> {
    await this.frame.evaluate((name) => {
      const page = window as unknown as { lost?: { name: string | undefined; count: number } };
      if (page.lost === undefined) {
        const lost = (page.lost = { name, count: 0 });
        // Listeners that are there already come first, so it is what they read that is replaced.
        const data = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data')!;
        Object.defineProperty(MessageEvent.prototype, 'data', {
          get(this: MessageEvent) {
            const message = data.get!.call(this) as { name?: string };
            if (lost.name === undefined || message.name !== lost.name) return message;
            lost.count++;
            return {};
          },
        });
      }
      Object.assign(page.lost, { name, count: 0 });
    }, name);
  }

  /** How many were lost since `holdBack`. */
  heldBack(): Promise<number> {
    return this.frame.evaluate(() => (window as unknown as { lost: { count: number } }).lost.count);
  }

  /** Notifications of one name since `listen`. What the page got besides, pictures too, stays there. */
  async told<Name extends NotificationName>(name: Name): Promise<NewsOf<Name>[]> {
    return this.frame.evaluate((name) => {
      const messages = (window as unknown as { told: HostMessage[] }).told;
      const news = messages.flatMap((message) =>
        message.type === 'notification' && message.name === name ? [message.params] : [],
      );
      // The name says which parameters these are.
      return news as NewsOf<Name>[];
    }, name);
  }

  /** How many requests that have nothing to return (to keep the view, to tell the side panel) the host has answered since `listen`. */
  async answers(): Promise<number> {
    return this.frame.evaluate(
      () =>
        (window as unknown as { told: HostMessage[] }).told.filter(
          (message) => message.type === 'result' && message.result === null,
        ).length,
    );
  }

  /** Whether the host has answered, since `listen`, with the components that only decisions are learnt from. */
  hasComponents(): Promise<boolean> {
    return this.frame.evaluate(() =>
      (window as unknown as { told: HostMessage[] }).told.some(
        (message) => message.type === 'result' && Object.hasOwn(message.result ?? {}, 'dimensions'),
      ),
    );
  }

  /** Watches the note of what was done, for {@link noteLasted}. */
  async watchNote(): Promise<void> {
    await this.frame.evaluate(() => {
      const page = window as unknown as { note: { shown?: number; hidden?: number } };
      page.note = {};
      const note = document.querySelector<HTMLElement>('.done-note')!;
      new MutationObserver(() => (page.note[note.hidden ? 'hidden' : 'shown'] ??= performance.now())).observe(note, {
        attributeFilter: ['hidden'],
      });
    });
  }

  /** Milliseconds that the note was there since `watchNote`; infinite while it is, not a number where it never was. */
  noteLasted(): Promise<number> {
    return this.frame.evaluate(() => {
      const { shown = NaN, hidden = Infinity } = (window as unknown as { note: { shown?: number; hidden?: number } })
        .note;
      return hidden - shown;
    });
  }

  /** The page shows what the label file says now. Needs `listen` before what changed it. */
  async untilShown(text: string): Promise<void> {
    await eventually('the label file in the page', async () => (await this.toldLabels()) === text);
    await drawn(this.frame);
  }

  /** The label file's text as the page was told last since `listen`. */
  toldLabels(): Promise<string | undefined> {
    return this.frame.evaluate(async () => {
      const last = (window as unknown as { told: HostMessage[] }).told.findLast(
        (message) => message.type === 'notification' && message.name === 'stateChanged',
      );
      const state = last?.type === 'notification' && last.name === 'stateChanged' ? last.params : undefined;
      if (state?.kind !== 'labels') return undefined;
      const text = new Blob([state.labels]).stream().pipeThrough(new DecompressionStream('gzip'));
      return new Response(text).text();
    });
  }

  /** By what the label file on disk says. */
  clusterOf(path: string): number {
    return readLabels(this.session.workspace).images.find((image) => image.path === path)!.cluster;
  }

  tile(path: string): Locator {
    return this.frame.locator(`li.tile[data-path="${path}"]`);
  }

  section(id: number): Locator {
    return this.frame.locator(`section[data-cluster="${id}"]`);
  }

  sections(): Promise<ShownCluster[]> {
    return this.frame.locator('section.cluster').evaluateAll((all) =>
      all.map((section) => ({
        id: Number((section as HTMLElement).dataset['cluster']),
        title: section.querySelector('.cluster-title')!.textContent,
        shown: [...section.querySelectorAll<HTMLElement>('li.tile')].map(({ dataset }) => dataset['path']!),
      })),
    );
  }

  async untilClusters(count: number): Promise<void> {
    await this.frame.waitForFunction((wanted) => document.querySelectorAll('section.cluster').length === wanted, count);
  }

  /** What each heading says of its cluster's size. */
  sizes(): Promise<string[]> {
    return this.frame.locator('.cluster-count').allInnerTexts();
  }

  selected(): Promise<number> {
    return this.frame.locator('li.tile[aria-selected="true"]').count();
  }

  focusedPath(): Promise<string | undefined> {
    return this.frame.evaluate(() => (document.activeElement as HTMLElement).dataset['path']);
  }

  /** Opens or closes what stands beside the images, whose rows have room for other ones then. */
  async togglePanel(title: 'Clusters' | 'Map' | 'Counts'): Promise<void> {
    await this.frame.locator('button.toggle', { hasText: title }).click();
    await drawn(this.frame);
  }

  /** Opens the map, and waits until it is drawn. */
  async openMap(): Promise<{ x: number; y: number; width: number; height: number }> {
    await this.togglePanel('Map');
    const map = this.frame.locator('canvas.map');
    await map.waitFor();
    await this.frame.waitForFunction(() => document.querySelector<HTMLCanvasElement>('canvas.map')!.width > 0);
    return (await map.boundingBox())!;
  }

  /** Opens an image large, and waits until its picture and its heat map are there. */
  async zoomInto(path: string): Promise<void> {
    await this.tile(path).dblclick();
    await this.untilZoomed();
  }

  /** The picture of the image that is named, as large as it will be, and its heat map. */
  async untilZoomed(): Promise<void> {
    await this.frame.locator('dialog.zoom .zoom-sheet:not(.waiting)').waitFor();
    await this.frame.locator('.zoom-bar button.toggle:not([disabled])').waitFor();
    await drawn(this.frame);
  }

  /** All images of all clusters, in the place of a row of each. */
  showAllImages(): Promise<void> {
    return showAllImages(this.frame);
  }

  untilPictured(): Promise<void> {
    return untilPictured(this.frame);
  }

  button(title: string): Locator {
    return this.frame.locator('vscode-button', { hasText: title });
  }

  async chooseInClusterMenu(id: number, item: string): Promise<void> {
    await this.section(id).locator('.cluster-menu').click();
    await this.chooseInMenu(item);
  }

  async chooseInMenu(item: string): Promise<void> {
    await this.frame.locator('.menu .menu-item', { hasText: item }).first().click();
  }
}

/** All images of all clusters, in the place of a row of each. */
export async function showAllImages(gallery: Frame): Promise<void> {
  await gallery.locator('button.toggle[aria-pressed="true"]', { hasText: 'Overview' }).click();
  await gallery.locator('section.cluster.in-row').first().waitFor({ state: 'detached' });
}

/** Every image that can be seen has its picture and its heat map. */
export async function untilPictured(gallery: Frame): Promise<void> {
  await gallery.waitForFunction(() =>
    [...document.querySelectorAll('li.tile')]
      .filter((tile) => {
        const { top, bottom } = tile.getBoundingClientRect();
        return bottom > 0 && top < window.innerHeight;
      })
      .every((tile) => tile.querySelector('img')!.naturalWidth > 0 && tile.querySelector('canvas')!.width > 0),
  );
}

/**
 * No picture is being loaded. Before a page goes and another one comes: a browser's VS Code has one service worker for all webviews, and while
 * that waits for pictures of a page that is gone, which takes it half a minute each time, no other page comes.
 */
export async function untilNothingLoads(gallery: Frame): Promise<void> {
  await gallery.waitForFunction(() => [...document.images].every(({ complete }) => complete));
}
