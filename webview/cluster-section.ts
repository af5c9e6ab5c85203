// One cluster: a heading that stays in view, with a name that can be edited in place, and the place of its images.
import { InlineTextField } from './controls';
import { h, icon } from './dom';
import { count, percent } from './format';
import type { Section } from './interaction';
import type { SectionLayout } from './grid-layout';

/** Renames a cluster; false when it failed, and the person has been told. */
export type Rename = (id: number, name: string) => Promise<boolean>;

export interface SectionActions {
  rename?: Rename | undefined;
  fold: (id: number, folded: boolean) => void;
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
      isCluster ? h('span', { class: 'cluster-dot', 'aria-hidden': 'true' }) : null,
      this.#name,
    );
    this.#fold.addEventListener('click', () => actions.fold(id, !this.#section.isFolded));
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

  update(section: Section, layout: SectionLayout): void {
    this.#section = section;
    const { cluster, isFolded, count: shown } = section;
    const { title, images, share, majority, color } = cluster;
    this.#text.textContent = title;
    const all = images.length === shown ? '' : `${shown.toLocaleString('en')} of `;
    const purity = majority ? ` · ${percent(majority.share)} ${majority.name}` : '';
    this.#count.textContent = `${all}${count(images.length, 'image')} · ${percent(share)}${purity}`;
    this.#fold.setAttribute('aria-expanded', String(!isFolded));
    this.#fold.setAttribute('aria-label', `${isFolded ? 'Show' : 'Hide'} the images of ${title}`);
    this.element.style.setProperty('--cluster-color', color);
    this.element.style.height = `${layout.height}px`;
    this.grid.setAttribute('aria-label', `Images of ${title}`);
  }

  startRename(): void {
    if (this.#field) return;
    const { cluster } = this.#section;
    const focused = document.activeElement;
    const back = focused instanceof HTMLElement && this.element.contains(focused) ? focused : this.#name;
    this.#field = new InlineTextField(`Name of ${cluster.title}`, cluster.name, (text, left) => {
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
      { class: 'cluster-name', type: 'button', title: 'Rename (F2)', 'aria-keyshortcuts': 'F2' },
      this.#text,
      icon('pencil'),
    );
    button.addEventListener('click', () => this.startRename());
    return button;
  }

  #menuButton(open: NonNullable<SectionActions['menu']>): HTMLElement {
    const button = h('button', { class: 'cluster-menu', type: 'button', 'aria-haspopup': 'menu' }, icon('more'));
    button.setAttribute('aria-label', 'More actions for this cluster');
    button.title = 'More actions';
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

/** Id of a cluster's element, for links within the page. */
export function sectionId(cluster: number): string {
  return `cluster-${cluster}`;
}
