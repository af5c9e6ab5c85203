// Whether heat maps lie over images, and how opaque they are: in the toolbar, and in the large view, which covers it.
import * as l10n from '@vscode/l10n';
import { checkbox, range } from '../kit/controls';
import { percent } from '../kit/format';
import type { ViewStateStore } from '../model/view-state';

/** @param changed called after the view state has changed */
export function heatMapSwitches(label: string, view: ViewStateStore, changed: () => void) {
  const update = (changes: Parameters<ViewStateStore['update']>[0]) => {
    view.update(changes);
    changed();
  };
  const { heatMaps, opacity } = view.value;
  return {
    box: checkbox(label, heatMaps, (checked) => update({ heatMaps: checked })),
    slider: range({
      label: l10n.t('Opacity'),
      min: 0,
      max: 1,
      step: 0.05,
      value: opacity,
      describe: percent,
      onInput: (value) => update({ opacity: value }),
    }),
  };
}
