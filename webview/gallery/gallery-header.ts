// The top of the gallery in the person's words: how many images and groups, what they were compared with and a way to change that, how
// it was made; and a notice where heat maps are missing, with the way to have them computed.
import * as l10n from '@vscode/l10n';
import { parseRegionKey } from '../../worker/labels/view';
import { button, progress } from '../kit/controls';
import { h } from '../kit/dom';
import { numberOfClusters, numberOfImages, regionsInImages } from '../kit/format';
import { language } from '../kit/l10n';
import { latest } from '../kit/memo';
import type { GalleryModel } from '../model/gallery-model';

export interface HeaderActions {
  /**
   * Computes heat maps and the rest, and leaves the labels as they are; settles when it is done, whatever came of it. Absent where that is
   * not possible.
   */
  compute?: (() => Promise<unknown>) | undefined;
  /** Asks what the images are to be compared with. */
  compareWith?: (() => void) | undefined;
}

export class GalleryHeader {
  readonly #title = h('h1');
  readonly #images = h('span');
  readonly #compared = h('span');
  readonly #settings = h('dl', { class: 'settings' });
  readonly #noticeText = h('span');
  readonly #compute = button(l10n.t('Compute'), () => void this.#run());
  readonly element: HTMLElement;
  /** Stands below it. */
  readonly notice = h('div', { class: 'notice' });

  /** @param overview stands in the place of how it was made */
  constructor(
    readonly actions: HeaderActions,
    overview?: HTMLElement,
  ) {
    const { compareWith } = actions;
    const change = compareWith && h('button', { class: 'link-button', type: 'button' }, l10n.t('Change …'));
    if (change) {
      change.title = l10n.t('Compare with normal images, or with each other');
      change.addEventListener('click', compareWith);
    }
    const how = h('details', { class: 'how' }, h('summary', {}, l10n.t('How it was made')), this.#settings);
    this.element = h(
      'header',
      { class: 'page-header' },
      this.#title,
      h('p', { class: 'summary' }, this.#images, this.#compared, change && ' ', change),
      overview ?? how,
    );
    this.#offerToCompute();
  }

  /** Shows what the model says of the run, and the notice where something is missing. */
  update(model: GalleryModel): void {
    const { title, imageCount, clusters, settings, labels, analysis } = model;
    this.#title.textContent = title;
    this.#images.textContent = [itemsOf(model), numberOfClusters(clusters.length), ''].join(' · ');
    this.#compared.textContent = comparedWith(labels.method);
    this.#settings.replaceChildren(
      ...settings.map(({ label, value }) => h('div', {}, h('dt', {}, label), h('dd', {}, value))),
    );
    this.notice.hidden = analysis !== null && imageCount > 0;
    this.#noticeText.textContent =
      imageCount > 0
        ? l10n.t('Heat maps are not on this machine yet.')
        : l10n.t('The label file lists no images. Choose “Cluster Again” in the side panel.');
    this.#compute.hidden = imageCount === 0;
  }

  #offerToCompute(): void {
    this.notice.replaceChildren(this.#noticeText);
    if (this.actions.compute) this.notice.append(this.#compute);
  }

  async #run(): Promise<void> {
    this.notice.replaceChildren(progress(l10n.t('Computing heat maps …')));
    await this.actions.compute?.();
    this.#offerToCompute();
  }
}

/** "83 images", "91 regions in 83 images". */
function itemsOf({ shows, imageCount, images }: GalleryModel): string {
  return shows === 'regions' ? regionsInWords(images.places) : numberOfImages(imageCount);
}

/** @param places of all items, which stay the same while clusters change */
const regionsInWords = latest((places: ReadonlyMap<string, number>) => {
  const regions = [...places.keys()].flatMap((key) => parseRegionKey(key) ?? []);
  const whole = places.size - regions.length;
  return regionsInImages(regions.length, new Set(regions.map(({ path }) => path)).size + whole);
});

/** What an image's patches were held against. */
function comparedWith({ weights, references, normal }: GalleryModel['labels']['method']): string {
  const count = references.toLocaleString(language);
  switch (weights) {
    case 'normal':
      if (normal === undefined)
        return references === 1
          ? l10n.t('compared with 1 normal image')
          : l10n.t('compared with {0} normal images', count);
      return references === 1
        ? l10n.t('compared with 1 normal image from {0}', normal)
        : l10n.t('compared with {0} normal images from {1}', count, normal);
    case 'mask':
      return l10n.t('compared by what lies on their masks');
    case 'uniform':
    case 'none':
      return l10n.t('compared as whole images');
    default:
      return l10n.t('compared with each other');
  }
}
