// The gallery of a readable label file: what it is about, the toolbar, and the clusters.
import { button, progress } from './controls';
import { ClusterList } from './cluster-list';
import { h } from './dom';
import { count } from './format';
import type { GalleryModel } from './gallery-model';
import type { Messages } from './messages';
import type { GallerySource } from './source';
import { TileLoader } from './tile-loader';
import { Toolbar } from './toolbar';
import type { ViewStateStore } from './view-state';

export class GalleryView {
  readonly element: HTMLElement;
  readonly loader: TileLoader;
  readonly #title = h('h1');
  readonly #summary = h('p', { class: 'summary' });
  readonly #settings = h('dl', { class: 'settings' });
  readonly #notice = h('div', { class: 'notice' });
  readonly #noticeText = h('span');
  readonly #toolbar: Toolbar;
  readonly #clusters: ClusterList;

  /** @param overview stands below the header, and in the place of the settings line */
  constructor(
    readonly source: GallerySource,
    readonly view: ViewStateStore,
    readonly messages: Messages,
    overview?: HTMLElement,
  ) {
    this.loader = new TileLoader(source, (error) => messages.showError(error));
    this.#clusters = new ClusterList(this.loader, {
      rename: source.renameCluster && ((id, name) => this.#rename(id, name)),
      open: source.openImage && ((path) => void messages.watch(source.openImage?.(path))),
    });
    this.#toolbar = new Toolbar(view, () => this.#applyView());
    this.#showNotice();
    this.element = h(
      'div',
      { class: 'gallery' },
      h('header', { class: 'page-header' }, this.#title, this.#summary, overview ?? this.#settings),
      this.#notice,
      this.#toolbar.element,
      this.#clusters.element,
    );
    // Headings stick below the toolbar, however many lines it takes.
    new ResizeObserver(() => {
      this.element.style.setProperty('--toolbar-height', `${this.#toolbar.element.offsetHeight}px`);
    }).observe(this.#toolbar.element);
    this.#applyView();
  }

  update(model: GalleryModel): void {
    const { title, imageCount, clusters, settings, analysis } = model;
    this.#title.textContent = title;
    this.#summary.textContent = `${count(imageCount, 'image')} in ${count(clusters.length, 'cluster')}`;
    this.#settings.replaceChildren(
      ...settings.map(({ label, value }) => h('div', {}, h('dt', {}, label), h('dd', {}, value))),
    );
    this.#notice.hidden = analysis !== null && imageCount > 0;
    this.#noticeText.textContent =
      imageCount > 0 ? 'Heat maps are not on this machine yet.' : 'The label file lists no images.';
    this.#toolbar.element.hidden = imageCount === 0;
    this.#toolbar.setAnalysis(analysis);
    this.loader.setAnalysis(analysis);
    this.#clusters.update(model);
  }

  #applyView(): void {
    const { heatMaps, opacity, size } = this.view.value;
    this.element.style.setProperty('--heat-map-opacity', String(opacity));
    this.element.style.setProperty('--tile-size', `${size}px`);
    this.element.classList.toggle('without-heat-maps', !heatMaps);
    this.loader.showHeatMaps(heatMaps);
  }

  async #rename(id: number, name: string): Promise<boolean> {
    const renamed = await this.messages.watch(this.source.renameCluster?.(id, name));
    if (renamed) this.messages.announce(name === '' ? 'Name removed' : `Renamed to ${name}`);
    return renamed;
  }

  #showNotice(): void {
    this.#notice.replaceChildren(this.#noticeText);
    if (this.source.compute) this.#notice.append(button('Compute', () => void this.#compute()));
  }

  async #compute(): Promise<void> {
    this.#notice.replaceChildren(progress('Clustering the images …'));
    await this.messages.watch(this.source.compute?.());
    this.#showNotice();
  }
}
