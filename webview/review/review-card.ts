// One of the two clusters that an image of a review may belong to: its key, its name, how probable it is, and its most typical images.
import * as l10n from '@vscode/l10n';
import { h } from '../kit/dom';
import { numberOfItems, percent } from '../kit/format';
import type { ClusterModel } from '../model/gallery-model';
import type { GallerySource } from '../source/source';

/** Typical images that are shown of a cluster. */
const shownImages = 4;

export class ReviewCard {
  readonly element: HTMLButtonElement;
  readonly #title = h('span', { class: 'review-card-title' });
  readonly #facts = h('span', { class: 'summary' });
  readonly #images = h('span', { class: 'review-card-images', 'aria-hidden': 'true' });
  #shown = '';

  /** @param key what the same does on the keyboard; `label` what a click does */
  constructor(
    readonly source: GallerySource,
    key: string,
    label: string,
    onClick: () => void,
  ) {
    this.element = h(
      'button',
      { class: 'review-card', type: 'button' },
      h(
        'span',
        { class: 'review-card-heading' },
        h('kbd', {}, key),
        h('span', { class: 'summary' }, label),
        h('span', { class: 'cluster-dot', 'aria-hidden': 'true' }),
        this.#title,
      ),
      this.#facts,
      this.#images,
    );
    this.element.addEventListener('click', onClick);
  }

  /** @param except the image that is asked about is no example of itself */
  show(cluster: ClusterModel, probability: number, except: string): void {
    this.element.style.setProperty('--cluster-color', cluster.color);
    this.#title.textContent = cluster.title;
    const decided = cluster.images.filter(({ pinned }) => pinned).length;
    this.#facts.textContent = [
      l10n.t('{0} sure', percent(probability)),
      numberOfItems(cluster.images.length, cluster.areRegions),
      decided === 0 ? '' : l10n.t('{0} decided', decided),
    ]
      .filter(Boolean)
      .join(' · ');
    void this.#showImages(typicalOf(cluster, except));
  }

  async #showImages(paths: string[]): Promise<void> {
    const key = paths.join('\n');
    if (key === this.#shown) return;
    this.#shown = key;
    this.#images.replaceChildren();
    const thumbnails = await this.source.thumbnails(paths).catch(() => []);
    if (this.#shown !== key) return;
    const uris = new Map(thumbnails.map(({ path, uri }) => [path, uri]));
    this.#images.replaceChildren(
      ...paths.flatMap((path) => {
        const uri = uris.get(path);
        return uri === undefined ? [] : [h('img', { src: uri, alt: '', draggable: 'false' })];
      }),
    );
  }
}

/** What a person decided on shows best what the cluster is; then the images nearest to its middle. */
function typicalOf({ images }: ClusterModel, except: string): string[] {
  const order = images
    .filter(({ path }) => path !== except)
    .map((image) => ({ path: image.path, key: image.toMedoid ?? Infinity, decided: image.pinned ? 0 : 1 }));
  return order
    .sort((a, b) => a.decided - b.decided || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .slice(0, shownImages)
    .map(({ path }) => path);
}
