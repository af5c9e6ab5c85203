// One cluster: a heading that stays in view, with a name that can be edited in place, and the grid of its images.
import { InlineTextField } from './controls';
import { h, icon, placeChildren } from './dom';
import { count, percent } from './format';
import type { ClusterModel } from './gallery-model';
import type { Tile } from './tile';

/** Renames a cluster; false when it failed, and the person has been told. */
export type Rename = (id: number, name: string) => Promise<boolean>;

export class ClusterSection {
  readonly element: HTMLElement;
  readonly grid = h('ul', { class: 'grid', role: 'list' });
  tiles: readonly Tile[] = [];
  readonly #heading: HTMLHeadingElement;
  readonly #name: HTMLElement;
  readonly #text = h('span', { class: 'cluster-title' });
  readonly #count = h('span', { class: 'cluster-count' });
  readonly #rename: Rename | undefined;
  #model: ClusterModel;
  #field: InlineTextField | undefined;

  constructor(model: ClusterModel, rename: Rename | undefined) {
    this.#model = model;
    this.#rename = rename;
    this.#name = rename ? this.#nameButton() : h('span', { class: 'cluster-name' }, this.#text);
    const id = sectionId(model.id);
    this.#heading = h(
      'h2',
      { id: `${id}-name` },
      h('span', { class: 'cluster-dot', 'aria-hidden': 'true' }),
      this.#name,
    );
    this.element = h(
      'section',
      { class: 'cluster', id, 'aria-labelledby': `${id}-name` },
      h('div', { class: 'cluster-heading' }, this.#heading, this.#count),
      this.grid,
    );
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'F2' || !rename) return;
      event.preventDefault();
      this.#startRename();
    });
  }

  update(model: ClusterModel, tiles: readonly Tile[]): void {
    this.#model = model;
    this.tiles = tiles;
    this.#text.textContent = model.title;
    this.#count.textContent = `${count(model.images.length, 'image')} · ${percent(model.share)}`;
    this.element.style.setProperty('--cluster-color', model.color);
    this.grid.setAttribute('aria-label', `Images of ${model.title}`);
    placeChildren(
      this.grid,
      tiles.map(({ element }) => element),
    );
  }

  #nameButton(): HTMLElement {
    const button = h(
      'button',
      { class: 'cluster-name', type: 'button', title: 'Rename (F2)', 'aria-keyshortcuts': 'F2' },
      this.#text,
      icon('pencil'),
    );
    button.addEventListener('click', () => this.#startRename());
    return button;
  }

  #startRename(): void {
    if (this.#field) return;
    const focused = document.activeElement;
    const back = focused instanceof HTMLElement && this.element.contains(focused) ? focused : this.#name;
    this.#field = new InlineTextField(`Name of ${this.#model.title}`, this.#model.name, (text, left) => {
      this.#field?.element.replaceWith(this.#name);
      this.#field = undefined;
      if (!left) back.focus({ preventScroll: true });
      if (text !== undefined) void this.#commit(text.trim());
    });
    this.#name.replaceWith(this.#field.element);
    this.#field.start();
  }

  async #commit(name: string): Promise<void> {
    if (name === this.#model.name) return;
    // The new name is there at once; the label file's own word follows.
    if (name !== '') this.#text.textContent = name;
    const renamed = await this.#rename?.(this.#model.id, name);
    if (renamed !== true) this.#text.textContent = this.#model.title;
  }
}

/** Id of a cluster's element, for links within the page. */
export function sectionId(cluster: number): string {
  return `cluster-${cluster}`;
}
