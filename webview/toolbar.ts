// The bar above the clusters: heat maps on or off, their opacity, the size of the thumbnails, and what the colours mean.
import type { Analysis } from '../worker/api';
import { checkbox, range } from './controls';
import { h } from './dom';
import { distance, percent } from './format';
import { heatColors } from './heat-map';
import { sizeLimits, type ViewStateStore } from './view-state';

export class Toolbar {
  readonly element: HTMLElement;
  readonly #heatMapControls: HTMLElement;
  readonly #legend = h('div', { class: 'legend', role: 'img' });

  constructor(view: ViewStateStore, onChange: () => void) {
    const { heatMaps, opacity, size } = view.value;
    const update = (changes: Parameters<ViewStateStore['update']>[0]) => {
      view.update(changes);
      onChange();
    };
    const opacitySlider = range({
      label: 'Opacity',
      min: 0,
      max: 1,
      step: 0.05,
      value: opacity,
      describe: percent,
      onInput: (value) => update({ opacity: value }),
    });
    const dependent = h('div', { class: 'heat-map-details' }, opacitySlider, this.#legend);
    dependent.hidden = !heatMaps;
    this.#heatMapControls = h(
      'div',
      { class: 'heat-map-controls' },
      checkbox('Heat maps', heatMaps, (checked) => {
        dependent.hidden = !checked;
        update({ heatMaps: checked });
      }),
      dependent,
    );
    const sizeSlider = range({
      ...sizeLimits,
      label: 'Size',
      value: size,
      describe: (value) => `${value} pixels`,
      onInput: (value) => update({ size: value }),
    });
    this.element = h(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': 'View' },
      this.#heatMapControls,
      sizeSlider,
    );
  }

  setAnalysis(analysis: Analysis | null): void {
    this.#heatMapControls.hidden = analysis === null;
    if (!analysis) return;
    const [min, max] = [distance(analysis.scale.min), distance(analysis.scale.max)];
    const title = `Distance of a patch to the most similar ones in other images, from ${min} to ${max}`;
    this.#legend.setAttribute('aria-label', title);
    this.#legend.title = title;
    this.#legend.replaceChildren(h('span', {}, min), colorBar(), h('span', {}, max), h('span', {}, 'distance'));
  }
}

/** The colours in order. Opaque: how much of the image shines through is the slider's matter. */
function colorBar(): HTMLCanvasElement {
  const canvas = h('canvas', { class: 'color-bar', width: 256, height: 1 });
  const pixels = Uint8ClampedArray.from(heatColors, (value, i) => (i % 4 === 3 ? 255 : value));
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, 256, 1), 0, 0);
  return canvas;
}
