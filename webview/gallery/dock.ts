// What is open beside the images: one of the panels, where there is something to show in it.
import { h } from '../kit/dom';
import type { GalleryModel } from '../model/gallery-model';
import type { PanelName } from '../model/view-state';
import { CutPanel } from '../panels/cut-panel';
import type { MapPanel } from '../panels/map-panel';
import type { TruthPanel } from '../panels/truth-panel';

export interface Panels {
  cut: CutPanel;
  map: MapPanel;
  truth: TruthPanel;
}

export class Dock {
  readonly element = h('aside', { class: 'dock', hidden: true });

  constructor(readonly panels: Panels) {}

  /**
   * Shows a panel, if there is anything to show in it.
   * @returns the panels that there is something to show in, and the one that is open now
   */
  update(
    model: GalleryModel,
    selection: ReadonlySet<string>,
    wanted: PanelName | 'none',
  ): { possible: ReadonlySet<PanelName>; open: PanelName | 'none' } {
    const possible = panelsFor(model);
    const open = wanted !== 'none' && possible.has(wanted) ? wanted : 'none';
    this.element.hidden = open === 'none';
    if (open === 'none') this.element.replaceChildren();
    else this.#fill(open, model, selection);
    return { possible, open };
  }

  #fill(open: PanelName, model: GalleryModel, selection: ReadonlySet<string>): void {
    const { element } = this.panels[open];
    if (!element.isConnected) this.element.replaceChildren(element);
    if (open === 'cut') this.panels.cut.update(model);
    else if (open === 'map') this.panels.map.update(model, selection);
    else this.panels.truth.update(model);
  }
}

/** Where regions were grouped, it is their dendrogram that is cut: not that of the images. */
function panelsFor({ analysis, facets, clusters, shows }: GalleryModel): ReadonlySet<PanelName> {
  return new Set<PanelName>([
    ...(CutPanel.canShow(analysis) && shows !== 'images with regions' ? (['cut'] as const) : []),
    ...(analysis?.coordinates ? (['map'] as const) : []),
    ...(facets.length > 0 || clusters.length > 1 ? (['truth'] as const) : []),
  ]);
}
