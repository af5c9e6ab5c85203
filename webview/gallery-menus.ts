// What the menus of clusters and of images hold.
import { clusterColor, paletteSize } from '../worker/labels/view';
import type { Corrections } from './corrections';
import type { GalleryModel } from './gallery-model';
import { openMenu, type MenuItem } from './menu';
import { partsOf } from './parts';
import { exportFormats, type ExportFormat } from './protocol';

export interface MenuActions {
  corrections: Corrections;
  /** What is shown now. */
  model: () => GalleryModel;
  selected: () => string[];
  selectAll: (paths: readonly string[]) => void;
  showOnly: (cluster: number) => void;
  startRename: (cluster: number) => void;
  look: (path: string) => void;
  findSimilar: () => void;
  openImage?: ((path: string) => void) | undefined;
  copy?: ((text: string) => void) | undefined;
}

/** Where a menu opens that another one led to. */
const middle = () => ({ x: window.innerWidth / 2, y: window.innerHeight / 3 });

export function clusterMenu(actions: MenuActions, id: number): MenuItem[] {
  const { corrections } = actions;
  const cluster = actions.model().clusters.find((each) => each.id === id);
  if (!cluster) return [];
  const paths = cluster.images.map(({ path }) => path);
  const parts = partsOf(actions.model().analysis, paths);
  const edits: MenuItem[] = [
    { label: 'Rename', keys: 'F2', startsGroup: true, run: () => actions.startRename(id) },
    { label: 'Change colour …', run: () => openMenu('Colour', colorMenu(actions, id), middle()) },
    { label: 'Merge into …', run: () => openMenu('Merge into', mergeMenu(actions, id), middle()) },
    ...(parts
      ? [
          {
            label: `Split into ${parts.map((part) => part.length).join(' and ')}`,
            run: () => void corrections.split(id, parts),
          },
        ]
      : []),
    { label: 'Pin all images', run: () => void corrections.pin(paths, true) },
  ];
  return [
    { label: 'Select all images', keys: 'Ctrl+A', run: () => actions.selectAll(paths) },
    { label: 'Show only this cluster', run: () => actions.showOnly(id) },
    ...(corrections.isPossible ? edits : []),
  ];
}

function colorMenu({ corrections, model }: MenuActions, id: number): MenuItem[] {
  const own = model().clusters.find((each) => each.id === id)?.color;
  return Array.from({ length: paletteSize }, (_, color) => ({
    label: `Colour ${color + 1}`,
    color: clusterColor(color, id),
    isChecked: clusterColor(color, id) === own,
    run: () => void corrections.recolor(id, color),
  }));
}

function mergeMenu({ corrections, model }: MenuActions, id: number): MenuItem[] {
  return model()
    .clusters.filter((other) => other.id !== id)
    .map(({ id: into, title, color }) => ({ label: title, color, run: () => void corrections.merge(into, id) }));
}

export function moveMenu({ corrections, model }: MenuActions): MenuItem[] {
  const clusters = model().clusters.map(({ id, title, color }, i) => ({
    label: title,
    color,
    keys: i < 9 ? String(i + 1) : undefined,
    run: () => void corrections.moveTo(id),
  }));
  return [...clusters, { label: 'New cluster', keys: 'N', startsGroup: true, run: () => void corrections.moveToNew() }];
}

/** Of the selected images. */
export function imageMenu(actions: MenuActions): MenuItem[] {
  const { corrections, copy, openImage } = actions;
  const paths = actions.selected();
  const [path] = paths;
  if (path === undefined) return [];
  const { images, analysis } = actions.model();
  const allPinned = paths.every((each) => images.get(each)?.pinned);
  const single: MenuItem[] = [
    { label: 'Look closely', keys: 'Enter', run: () => actions.look(path) },
    ...(openImage ? [{ label: 'Open in the editor', run: () => openImage(path) }] : []),
    ...(analysis?.coordinates ? [{ label: 'Find similar images', keys: 'S', run: () => actions.findSimilar() }] : []),
  ];
  const edits: MenuItem[] = [
    {
      label: 'Move to …',
      keys: '1 … 9',
      startsGroup: true,
      run: () => openMenu('Move to', moveMenu(actions), middle()),
    },
    { label: 'Move to a new cluster', keys: 'N', run: () => void corrections.moveToNew() },
    { label: allPinned ? 'Unpin' : 'Pin to this cluster', keys: 'P', run: () => void corrections.togglePin() },
  ];
  return [
    ...(paths.length === 1 ? single : []),
    ...(corrections.isPossible ? edits : []),
    ...(copy ? [{ label: 'Copy paths', startsGroup: true, run: () => copy(paths.join('\n')) }] : []),
  ];
}

const exportTitles: Record<ExportFormat, string> = {
  csv: 'Table (CSV) …',
  folders: 'Folder for each cluster …',
  coco: 'COCO categories (JSON) …',
  fiftyone: 'FiftyOne dataset (JSON) …',
  report: 'Report with pictures (HTML) …',
};

export function exportMenu(run: (format: ExportFormat) => void): MenuItem[] {
  return exportFormats.map((format) => ({ label: exportTitles[format], run: () => run(format) }));
}
