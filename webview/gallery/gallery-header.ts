// The top of the gallery: what was clustered and how, and a notice where heat maps are missing, with the way to have them computed.
import * as l10n from '@vscode/l10n';
import { button, progress } from '../kit/controls';
import { h } from '../kit/dom';
import { imagesInClusters } from '../kit/format';
import type { GalleryModel } from '../model/gallery-model';

export class GalleryHeader {
  readonly #title = h('h1');
  readonly #summary = h('p', { class: 'summary' });
  readonly #settings = h('dl', { class: 'settings' });
  readonly #noticeText = h('span');
  readonly #compute = button(l10n.t('Compute'), () => void this.#run());
  readonly element: HTMLElement;
  /** Stands below it. */
  readonly notice = h('div', { class: 'notice' });

  /**
   * @param compute computes heat maps and the rest, and leaves the labels as they are; settles when it is done, whatever came of it.
   *   Absent where that is not possible.
   * @param overview stands in the place of the settings
   */
  constructor(
    readonly compute: (() => Promise<unknown>) | undefined,
    overview?: HTMLElement,
  ) {
    this.element = h('header', { class: 'page-header' }, this.#title, this.#summary, overview ?? this.#settings);
    this.#offerToCompute();
  }

  /** Shows what the model says of the run, and the notice where something is missing. */
  update({ title, imageCount, clusters, settings, analysis }: GalleryModel): void {
    this.#title.textContent = title;
    this.#summary.textContent = imagesInClusters(imageCount, clusters.length);
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
    if (this.compute) this.notice.append(this.#compute);
  }

  async #run(): Promise<void> {
    this.notice.replaceChildren(progress(l10n.t('Computing heat maps …')));
    await this.compute?.();
    this.#offerToCompute();
  }
}
