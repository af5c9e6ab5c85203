// What the menus of clusters and of images hold.
import * as l10n from '@vscode/l10n';
import { clusterColor, paletteSize } from '../../worker/labels/view';
import type { Corrections } from './corrections';
import type { ClusterModel, GalleryModel } from '../model/gallery-model';
import { language } from '../kit/l10n';
import type { MenuItem } from '../kit/menu';
import { partsOf } from '../model/parts';
import { exportFormatsFor, type ExportFormat } from '../source/protocol';

export interface MenuActions {
  corrections: Corrections;
  /** What is shown now. */
  model: () => GalleryModel;
  selected: () => string[];
  /** Address of an image's thumbnail. */
  pictureOf: (path: string) => Promise<string | undefined>;
  selectAll: (paths: readonly string[]) => void;
  showOnly: (cluster: number) => void;
  startRename: (cluster: number) => void;
  moveToNew: () => void;
  look: (path: string) => void;
  findSimilar: () => void;
  /** Shows what may be a defect among the clusters that are marked OK; absent where images cannot be compared. */
  checkEscapes?: (() => void) | undefined;
  openImage?: ((path: string) => void) | undefined;
  copy?: ((text: string) => void) | undefined;
}

/** What can be done with a cluster; nothing with one that is not there any more. */
export function clusterMenu(actions: MenuActions, id: number): MenuItem[] {
  const { corrections } = actions;
  const cluster = actions.model().clusters.find((each) => each.id === id);
  if (!cluster) return [];
  const { majority } = cluster;
  const paths = cluster.images.map(({ path }) => path);
  const parts = partsOf(actions.model().analysis, paths);
  const edits: MenuItem[] = [
    { label: l10n.t('Rename'), keys: 'F2', startsGroup: true, run: () => actions.startRename(id) },
    ...(majority && majority.name !== cluster.name
      ? [
          {
            label: l10n.t('Rename to “{0}”', majority.name),
            run: () => void corrections.rename(id, majority.name),
          },
        ]
      : []),
    { label: l10n.t('Change colour …'), submenu: { label: l10n.t('Colour'), items: colorMenu(actions, id) } },
    { label: l10n.t('Merge into …'), submenu: { label: l10n.t('Merge into'), items: mergeMenu(actions, id) } },
    ...(parts
      ? [
          {
            label: l10n.t({
              message: 'Split into {0} and {1}',
              args: parts.map(({ length }) => length.toLocaleString(language)),
              comment: ['A menu item'],
            }),
            run: () => void corrections.split(id, parts),
          },
        ]
      : []),
    { label: l10n.t('Pin all images'), run: () => void corrections.pin(paths, true) },
    ...judgements(actions, id, cluster.ok),
  ];
  return [
    { label: l10n.t('Select all images'), keys: 'Ctrl+A', run: () => actions.selectAll(paths) },
    { label: l10n.t('Show only this cluster'), run: () => actions.showOnly(id) },
    ...(corrections.isPossible ? edits : []),
  ];
}

/** Whether the cluster's images are good. */
function judgements({ corrections, checkEscapes }: MenuActions, id: number, now: boolean | undefined): MenuItem[] {
  const choice = (label: string, ok: boolean): MenuItem => ({
    label,
    isChecked: now === ok,
    run: () => void corrections.judge(id, now === ok ? undefined : ok),
  });
  return [
    { ...choice(l10n.t('Images are OK'), true), startsGroup: true },
    choice(l10n.t('Images are not OK'), false),
    ...(now === true && checkEscapes
      ? [{ label: l10n.t('Check for escapes: the most suspicious first'), run: checkEscapes }]
      : []),
  ];
}

function colorMenu({ corrections, model }: MenuActions, id: number): MenuItem[] {
  const own = model().clusters.find((each) => each.id === id)?.color;
  return Array.from({ length: paletteSize }, (_, color) => ({
    label: l10n.t('Colour {0}', color + 1),
    color: clusterColor(color, id),
    isChecked: clusterColor(color, id) === own,
    run: () => void corrections.recolor(id, color),
  }));
}

function mergeMenu(actions: MenuActions, id: number): MenuItem[] {
  return actions
    .model()
    .clusters.filter((other) => other.id !== id)
    .map((other) => ({
      ...clusterItem(actions, other),
      run: () => void actions.corrections.merge(other.id, id),
    }));
}

/** A cluster by its name and its most typical image. */
function clusterItem(
  { pictureOf }: MenuActions,
  { title, color, images }: ClusterModel,
): Pick<MenuItem, 'label' | 'color' | 'picture'> {
  const typical = images.find(({ isMedoid }) => isMedoid) ?? images[0];
  return { label: title, color, picture: typical && (() => pictureOf(typical.path)) };
}

/** The clusters that the selected images can be moved to, with the digit keys of the first nine, and a new one. */
export function moveMenu(actions: MenuActions): MenuItem[] {
  const { corrections, model, moveToNew } = actions;
  const clusters = model().clusters.map((cluster, i) => ({
    ...clusterItem(actions, cluster),
    keys: i < 9 ? String(i + 1) : undefined,
    run: () => void corrections.moveTo(cluster.id),
  }));
  return [...clusters, { label: l10n.t('New cluster'), keys: 'N', startsGroup: true, run: moveToNew }];
}

/** Of the selected images. */
export function imageMenu(actions: MenuActions): MenuItem[] {
  const { corrections, copy, openImage } = actions;
  const paths = actions.selected();
  const [path] = paths;
  if (path === undefined) return [];
  const { images, analysis } = actions.model();
  const allPinned = paths.every((each) => images.get(each)?.pinned);
  const imagePaths = [...new Set(paths.map((each) => images.get(each)?.imagePath ?? each))];
  const single: MenuItem[] = [
    { label: l10n.t('Look closely'), keys: 'Enter', run: () => actions.look(path) },
    ...(openImage ? [{ label: l10n.t('Open in the editor'), run: () => openImage(path) }] : []),
    ...(analysis?.coordinates
      ? [{ label: l10n.t('Find similar images'), keys: 'S', run: () => actions.findSimilar() }]
      : []),
  ];
  const edits: MenuItem[] = [
    {
      label: l10n.t('Move to …'),
      keys: '1 … 9',
      startsGroup: true,
      submenu: { label: l10n.t('Move to'), items: moveMenu(actions) },
    },
    { label: l10n.t('Move to a new cluster'), keys: 'N', run: actions.moveToNew },
    {
      label: allPinned ? l10n.t('Unpin') : l10n.t('Pin to this cluster'),
      keys: 'P',
      run: () => void corrections.togglePin(),
    },
  ];
  return [
    ...(paths.length === 1 ? single : []),
    ...(corrections.isPossible ? edits : []),
    ...(copy ? [{ label: l10n.t('Copy paths'), startsGroup: true, run: () => copy(imagePaths.join('\n')) }] : []),
  ];
}

const exportTitles: Record<ExportFormat, string> = {
  csv: l10n.t('Table (CSV) …'),
  folders: l10n.t('Folder for each cluster …'),
  coco: l10n.t('COCO (JSON) …'),
  cvat: l10n.t('CVAT for images 1.1 (XML) …'),
  'label-studio': l10n.t('Label Studio tasks (JSON) …'),
  fiftyone: l10n.t('FiftyOne dataset (JSON) …'),
  yolo: l10n.t('YOLO dataset of the regions’ boxes …'),
  'yolo-seg': l10n.t('YOLO dataset of the regions’ outlines …'),
  masks: l10n.t('Masks of the regions (PNG) …'),
  catalogue: l10n.t('Catalogue of defects, for other folders …'),
  report: l10n.t('Report with pictures (HTML) …'),
};

/** The formats of an export. @param run called with the one that is chosen */
export function exportMenu({ shows }: GalleryModel, run: (format: ExportFormat) => void): MenuItem[] {
  return exportFormatsFor({ hasRegions: shows !== 'images' }).map((format) => ({
    label: exportTitles[format],
    run: () => run(format),
  }));
}
