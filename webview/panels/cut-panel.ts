// The number of clusters: a slider over the dendrogram, which is drawn and can be clicked, and curves that help to choose.
import * as l10n from '@vscode/l10n';
import type { Analysis } from '../../worker/api/analysis';
import { chooseClusterCount, relativeGaps, type ClusterCandidate } from '../../worker/clustering/choose-k';
import { buildTree, cutTree } from '../../worker/clustering/tree';
import { purityCurve } from '../../worker/evaluation/purity';
import { isLateColor } from '../../worker/labels/view';
import { range } from '../kit/controls';
import { countChart } from './count-chart';
import { dendrogramShape, type DendrogramNode } from './dendrogram';
import { h, svg } from '../kit/dom';
import { numberOfClusters } from '../kit/format';
import type { GalleryModel } from '../model/gallery-model';
import { language } from '../kit/l10n';
import { simplifiedSilhouette } from '../model/measures';

/** More clusters than this are no overview. */
const largestCount = 40;
const [width, height] = [320, 180];

export interface CutActions {
  /** While the slider moves: shows the groups, changes nothing. */
  preview: (clusters: number, groups: Int32Array) => void;
  /** One edit of the label file. @param groups (images of the analysis) 0 to clusters − 1 */
  choose: (clusters: number, groups: Int32Array) => void;
}

/** Above this a gap can be relied on; at 1 images without groups are. */
const clearGap = 1.1;

function reasonOf({ kind, gap }: ClusterCandidate): string {
  switch (kind) {
    case 'fewer':
      return gap >= clearGap ? l10n.t('fewer, larger groups, clearly apart') : l10n.t('fewer, larger groups');
    case 'more':
      return gap >= clearGap ? l10n.t('finer groups, clearly apart') : l10n.t('finer groups');
    case 'chosen':
      return gap >= clearGap ? l10n.t('chosen: clearly apart') : l10n.t('chosen: no number stands out clearly');
  }
}

export class CutPanel {
  readonly element: HTMLElement;
  readonly #slider = h('div');
  readonly #tree = h('div', { class: 'dendrogram' });
  readonly #charts = h('div', { class: 'charts' });
  readonly #worthALook = h('div', { class: 'candidates' });
  readonly #reason = h('span', { class: 'summary' });
  #analysis: Analysis | null = null;
  #root: ReturnType<typeof buildTree> | undefined;
  #shape: DendrogramNode | undefined;
  #model: GalleryModel | undefined;
  #shown = 0;
  #candidates: { k: number; reason: string; element: HTMLElement }[] = [];
  /** Where the slider is, until the next frame. */
  #wanted: number | undefined;
  /** Grows with every analysis: what was computed for another one is dropped. */
  #version = 0;

  constructor(readonly actions: CutActions) {
    this.element = h('div', { class: 'panel cut-panel' }, this.#worthALook, this.#slider, this.#tree, this.#charts);
  }

  /** Whether there is a dendrogram to cut. */
  static canShow(analysis: Analysis | null): boolean {
    return analysis !== null && analysis.merges.length > 1;
  }

  /** Shows where the slider stands and the tree is cut. What belongs to the analysis is drawn once. */
  update(model: GalleryModel): void {
    if (model === this.#model) return;
    this.#model = model;
    const { analysis } = model;
    if (analysis !== this.#analysis) this.#setAnalysis(analysis);
    this.#shown = model.clusters.filter(({ images }) => images.length > 0).length;
    this.#markCandidate();
    this.#drawSlider();
    this.#drawTree();
  }

  /** (images of the analysis) Their groups when the tree is cut into so many. */
  #groups(clusters: number): Int32Array {
    return cutTree(this.#root!, clusters);
  }

  #setAnalysis(analysis: Analysis | null): void {
    this.#analysis = analysis;
    this.#version++;
    this.#charts.replaceChildren();
    this.#drawCandidates([]);
    if (!analysis || !CutPanel.canShow(analysis)) return;
    this.#root = buildTree(analysis.merges, analysis.images.length);
    this.#shape = dendrogramShape(this.#root, Math.min(largestCount, analysis.images.length));
    const { k, candidates } = chooseClusterCount(analysis.merges, analysis.images.length);
    this.#drawCandidates(candidates);
    this.#drawCharts(analysis, k);
  }

  /** The numbers that are worth a look, each a click away. */
  #drawCandidates(candidates: readonly ClusterCandidate[]): void {
    this.#candidates = candidates.map((candidate) => {
      const { k, kind } = candidate;
      const reason = reasonOf(candidate);
      const element = h(
        'button',
        {
          class: kind === 'chosen' ? 'candidate chosen' : 'candidate',
          title: reason,
          'aria-label': `${numberOfClusters(k)}: ${reason}`,
        },
        String(k),
      );
      element.addEventListener('click', () => this.actions.choose(k, this.#groups(k)));
      return { k, reason, element };
    });
    const buttons = this.#candidates.map(({ element }) => element);
    this.#worthALook.replaceChildren(
      ...(buttons.length === 0 ? [] : [h('span', {}, l10n.t('Worth a look:')), ...buttons, this.#reason]),
    );
  }

  /** The buttons stay: one that was pressed by keyboard keeps the focus. */
  #markCandidate(): void {
    for (const { k, element } of this.#candidates) element.setAttribute('aria-pressed', String(k === this.#shown));
    this.#reason.textContent = this.#candidates.find(({ k }) => k === this.#shown)?.reason ?? '';
  }

  #drawSlider(): void {
    const most = Math.min(largestCount, this.#analysis?.images.length ?? 1);
    const slider = range({
      label: l10n.t('Clusters'),
      min: 1,
      max: most,
      step: 1,
      value: Math.min(this.#shown, most),
      describe: numberOfClusters,
      showsValue: true,
      onInput: (value) => this.#previewSoon(value),
      onChange: (value) => {
        this.#wanted = undefined;
        this.actions.choose(value, this.#groups(value));
      },
    });
    slider.classList.add('wide');
    // A drag in progress keeps its slider.
    if (!this.#slider.contains(document.activeElement)) this.#slider.replaceChildren(slider);
  }

  /** Once a frame: a hand is faster than the regrouping of many images. */
  #previewSoon(clusters: number): void {
    const isWaiting = this.#wanted !== undefined;
    this.#wanted = clusters;
    if (isWaiting) return;
    requestAnimationFrame(() => {
      const wanted = this.#wanted;
      this.#wanted = undefined;
      if (wanted !== undefined) this.actions.preview(wanted, this.#groups(wanted));
    });
  }

  #drawTree(): void {
    const shape = this.#shape;
    if (!shape) return;
    const { images } = this.#analysis!;
    const highest = shape.height || 1;
    const x = (position: number) => 6 + (position / Math.max(1, shape.end - 1)) * (width - 12);
    const y = (value: number) => height - 6 - (value / highest) * (height - 16);
    const cut = this.#cutHeight(this.#shown);
    const colorOf = (node: DendrogramNode) => {
      const image = this.#model?.images.get(images[node.leaf]!.path);
      return this.#model?.clusters.find(({ id }) => id === image?.cluster)?.color;
    };
    const paths: SVGElement[] = [];
    const pending = [shape];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (node.children.length === 0) continue;
      const [left, right] = [node.children[0]!, node.children[1]!];
      const d = `M${x(left.middle)} ${y(left.height)}V${y(node.height)}H${x(right.middle)}V${y(right.height)}`;
      const path = svg('path', { d, class: 'branch' });
      const color = node.height < cut ? colorOf(node) : undefined;
      if (color !== undefined) {
        path.style.stroke = color;
        path.classList.add('coloured');
        path.classList.toggle('late', isLateColor(color));
      }
      paths.push(path);
      pending.push(...node.children);
    }
    const line = svg('line', { x1: 0, x2: width, y1: y(cut), y2: y(cut), class: 'cut-line' });
    const drawing = svg(
      'svg',
      { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': dendrogramLabel(this.#shown) },
      ...paths,
      line,
    );
    drawing.addEventListener('click', (event) => {
      const box = drawing.getBoundingClientRect();
      const at = ((height - 6 - ((event.clientY - box.top) / box.height) * height) / (height - 16)) * highest;
      const clusters = this.#analysis!.merges.filter(([, , merge]) => merge > at).length + 1;
      const most = Math.min(largestCount, images.length);
      this.actions.choose(Math.min(clusters, most), this.#groups(Math.min(clusters, most)));
    });
    this.#tree.replaceChildren(drawing);
  }

  /** A height between the merges of k − 1 and of k clusters. */
  #cutHeight(clusters: number): number {
    const { merges, images } = this.#analysis!;
    const heightTo = (k: number) => merges[images.length - 1 - k]?.[2] ?? 0;
    const above = clusters > 1 ? heightTo(clusters - 1) : heightTo(1) * 1.05;
    return (above + heightTo(clusters)) / 2;
  }

  #drawCharts(analysis: Analysis, automatic: number): void {
    const gaps = relativeGaps(analysis.merges, analysis.images.length);
    const counts = gaps.map(({ k }) => k);
    const finite = gaps.map(({ gap }) => (Number.isFinite(gap) ? gap : NaN));
    this.#charts.append(countChart(l10n.t('Gap of the dendrogram'), counts, finite, automatic));
    const truth = analysis.images.map((image) => image.truth);
    if (new Set(truth.filter((name) => name !== undefined)).size > 1) {
      const { purity } = purityCurve(analysis.merges, truth);
      const values = counts.map((k) => purity[k - 1] ?? NaN);
      this.#charts.append(countChart(l10n.t('Purity (ground truth)'), counts, values, automatic));
    }
    if (analysis.coordinates) void this.#addSilhouette(analysis, counts, automatic);
  }

  /** One number of clusters at a time, so that the page stays alive. */
  async #addSilhouette(analysis: Analysis, counts: number[], automatic: number): Promise<void> {
    const version = this.#version;
    const values: number[] = [];
    for (const k of counts) {
      await new Promise((resolve) => setTimeout(resolve));
      if (version !== this.#version) return;
      values.push(simplifiedSilhouette(analysis.coordinates!, cutTree(this.#root!, k)));
    }
    this.#charts.append(countChart(l10n.t('Silhouette'), counts, values, automatic));
  }
}

function dendrogramLabel(clusters: number): string {
  return clusters === 1
    ? l10n.t('Dendrogram, cut into 1 cluster')
    : l10n.t('Dendrogram, cut into {0} clusters', clusters.toLocaleString(language));
}
