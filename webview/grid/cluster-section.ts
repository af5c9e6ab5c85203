// One cluster: a heading that stays in view, with a name that can be edited in place, and the place of its images.
import * as l10n from '@vscode/l10n';
import { InlineTextField } from '../kit/controls';
import { clusterDot, paintDot } from '../kit/cluster-dot';
import { h, icon } from '../kit/dom';
import { numberOfItems, percent } from '../kit/format';
import type { ClusterModel } from '../model/gallery-model';
import type { Section } from '../model/interaction';
import { tilePlace, type SectionLayout } from './grid-layout';
import { language } from '../kit/l10n';

/** Renames a cluster; false when it failed, and the person has been told. */
export type Rename = (id: number, name: string) => Promise<boolean>;

export interface SectionActions {
  rename?: Rename | undefined;
  /** Shows all images of a cluster, or fewer. */
  showAll: (id: number, all: boolean) => void;
  /** Opens what can be done with the cluster below an element. */
  menu?: ((id: number, anchor: HTMLElement) => void) | undefined;
}

export class ClusterSection {
  readonly element: HTMLElement;
  /** Hidden while no tile is on the page. */
  readonly grid = h('ul', { class: 'grid', role: 'listbox', 'aria-multiselectable': 'true', hidden: true });
  readonly #name: HTMLElement;
  readonly #fold = h('button', { class: 'fold', type: 'button' }, icon('chevron'));
  readonly #text = h('span', { class: 'cluster-title' });
  readonly #count = h('span', { class: 'cluster-count' });
  readonly #dot = clusterDot();
  readonly #digit = h('kbd', { class: 'cluster-digit', 'aria-hidden': 'true' });
  readonly #more = h('button', { class: 'more-images', type: 'button', hidden: true });
  #section: Section;
  #field: InlineTextField | undefined;

  constructor(
    section: Section,
    readonly actions: SectionActions,
  ) {
    this.#section = section;
    const { id } = section.cluster;
    const isCluster = id > 0;
    this.#name = actions.rename && isCluster ? this.#nameButton() : h('span', { class: 'cluster-name' }, this.#text);
    const elementId = sectionId(id);
    const heading = h(
      'h2',
      { id: `${elementId}-name` },
      isCluster ? this.#dot : null,
      this.#name,
      actions.rename && isCluster ? this.#digit : null,
    );
    this.#fold.addEventListener('click', () => actions.showAll(id, this.#section.arrangement !== 'open'));
    this.#more.addEventListener('click', () => actions.showAll(id, true));
    this.element = h(
      'section',
      { class: 'cluster', id: elementId, 'aria-labelledby': `${elementId}-name` },
      h(
        'div',
        { class: 'cluster-heading' },
        isCluster ? this.#fold : null,
        heading,
        this.#count,
        actions.menu && isCluster ? this.#menuButton(actions.menu) : null,
      ),
      this.grid,
      this.#more,
    );
    this.element.dataset['cluster'] = String(id);
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'F2' || !actions.rename || !isCluster) return;
      event.preventDefault();
      this.startRename();
    });
  }

  get section(): Section {
    return this.#section;
  }

  /** Shows the section at its place. */
  update(section: Section, layout: SectionLayout): void {
    this.#section = section;
    const { cluster, arrangement, images, digit } = section;
    const { title, color } = cluster;
    this.#text.textContent = title;
    this.#text.title = title;
    this.#count.textContent = this.#count.title = factsOf(cluster, images.length);
    this.#digit.textContent = digit === undefined ? '' : String(digit);
    this.#digit.hidden = digit === undefined;
    this.#digit.title = digit === undefined ? '' : l10n.t('{0} moves the selected images here', digit);
    const isOpen = arrangement === 'open';
    this.#fold.setAttribute('aria-expanded', String(isOpen));
    const fold = isOpen ? l10n.t('Show fewer images of {0}', title) : l10n.t('Show all images of {0}', title);
    this.#fold.setAttribute('aria-label', fold);
    this.#fold.title = fold;
    const { classList, style } = this.element;
    classList.toggle('in-row', arrangement === 'row');
    classList.toggle('heading-beside', layout.hasHeadingBeside);
    style.setProperty('--cluster-color', color);
    paintDot(this.#dot, color);
    style.setProperty('--tile-size', `${layout.tileSize}px`);
    style.height = `${layout.height}px`;
    this.grid.setAttribute('aria-label', l10n.t('Images of {0}', title));
    this.#placeMore(layout);
  }

  /** "+24" stands in the place of the last image of a row. */
  #placeMore(layout: SectionLayout): void {
    const { more, count, gridTop } = layout;
    this.#more.hidden = more === 0;
    if (more === 0) return;
    this.#more.textContent = `+${more.toLocaleString(language)}`;
    const label = l10n.t('{0}: show all images of {1}', this.#more.textContent, this.#section.cluster.title);
    this.#more.setAttribute('aria-label', label);
    const { x, y } = tilePlace(layout, count);
    this.#more.style.transform = `translate(${x}px, ${gridTop + y}px)`;
  }

  /** Puts a field in the place of the name; what is typed there is committed once. */
  startRename(): void {
    if (this.#field) return;
    const { cluster } = this.#section;
    const focused = document.activeElement;
    const back = focused instanceof HTMLElement && this.element.contains(focused) ? focused : this.#name;
    this.#field = new InlineTextField(l10n.t('Name of {0}', cluster.title), cluster.name, (text, left) => {
      this.#field?.element.replaceWith(this.#name);
      this.#field = undefined;
      if (!left) back.focus({ preventScroll: true });
      if (text !== undefined) void this.#commit(text.trim());
    });
    this.#name.replaceWith(this.#field.element);
    this.#field.start();
  }

  #nameButton(): HTMLElement {
    const button = h(
      'button',
      { class: 'cluster-name', type: 'button', title: l10n.t('Rename (F2)'), 'aria-keyshortcuts': 'F2' },
      this.#text,
      icon('pencil'),
    );
    button.addEventListener('click', () => this.startRename());
    return button;
  }

  #menuButton(open: NonNullable<SectionActions['menu']>): HTMLElement {
    const button = h('button', { class: 'cluster-menu', type: 'button', 'aria-haspopup': 'menu' }, icon('more'));
    button.setAttribute('aria-label', l10n.t('More actions for this cluster'));
    button.title = l10n.t('More actions');
    button.addEventListener('click', () => open(this.#section.cluster.id, button));
    return button;
  }

  async #commit(name: string): Promise<void> {
    const { id, name: before } = this.#section.cluster;
    if (name === before) return;
    // The new name is there at once; the label file's own word follows.
    if (name !== '') this.#text.textContent = name;
    const renamed = await this.actions.rename?.(id, name);
    if (renamed !== true) this.#text.textContent = this.#section.cluster.title;
  }
}

/** How large a cluster is, how many of its images are shown, and what most of them are. */
function factsOf({ images, areRegions, further, share, majority, ok }: ClusterModel, shown: number): string {
  const size =
    images.length === shown
      ? numberOfItems(shown, areRegions)
      : someOf(shown.toLocaleString(language), images.length.toLocaleString(language), areRegions);
  const purity =
    majority &&
    l10n.t({
      message: '{0} {1}',
      args: [percent(majority.share), majority.name],
      comment: ['Share of a class among the images of a cluster, as in "90 % scratch"'],
    });
  const judgement = ok === undefined ? [] : [ok ? l10n.t('OK') : l10n.t('not OK')];
  const sizes = further.length === 0 ? size : l10n.t('{0}, in {1} more', size, further.length.toLocaleString(language));
  return [...judgement, sizes, percent(share), ...(purity === undefined ? [] : [purity])].join(' · ');
}

function someOf(shown: string, all: string, areRegions: boolean): string {
  return areRegions ? l10n.t('{0} of {1} regions', shown, all) : l10n.t('{0} of {1} images', shown, all);
}

/** Id of a cluster's element, for links within the page. */
export function sectionId(cluster: number): string {
  return `cluster-${cluster}`;
}
