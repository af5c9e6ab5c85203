// The sheet of keys and marks: what the gallery can do by keyboard, and what stands on and around its images.
import * as l10n from '@vscode/l10n';
import { closeButton } from '../kit/controls';
import { h, icon } from '../kit/dom';

type Row = readonly [keys: string, does: string];

/** @param isEditable whether labels can be changed here */
export function keySheet(isEditable: boolean): HTMLDialogElement {
  const look: Row[] = [
    [l10n.t('Arrows'), l10n.t('Go from image to image; with Shift select')],
    [l10n.t('Enter'), l10n.t('Look closely, also by a double click')],
    ['H', l10n.t('Show or hide heat maps')],
    ['S', l10n.t('Find images that are similar to the selected one')],
    ['Ctrl+F', l10n.t('Filter by words of path, cluster or class')],
    ['Ctrl+A', l10n.t('Select all images of the cluster; with Shift of all clusters')],
    [l10n.t('Escape'), l10n.t('Clear the selection, show all')],
  ];
  const correct: Row[] = [
    ['1 … 9', l10n.t('Move the selected images to the cluster with that number')],
    ['N', l10n.t('Move them to a new cluster, and name it')],
    ['P', l10n.t('Pin them where they are, or unpin them')],
    ['F2', l10n.t('Rename the cluster')],
    ['Ctrl+Z', l10n.t('Undo')],
    ['Ctrl+S', l10n.t('Save the label file')],
  ];
  const large: Row[] = [
    ['← →', l10n.t('Previous and next image')],
    ['+ −', l10n.t('Zoom; 0 fits, Z shows pixels')],
    ['F', l10n.t('Frame a place and find what looks like it')],
    ...(isEditable ? [['A', l10n.t('Draw which part of each image is ignored')] as const] : []),
    ...(isEditable ? [['1 … 9, N, P', l10n.t('Move or pin the image that is shown')] as const] : []),
  ];
  const marks = [
    [icon('star'), l10n.t('the most typical image of its cluster')],
    [icon('outlier'), l10n.t('unlike most of its cluster: worth a look')],
    [icon('pin'), l10n.t('put here by a person; a run leaves it here')],
    [icon('follow'), l10n.t('moved here by what was learnt from your decisions')],
    [icon('new'), l10n.t('new in the last run')],
    [h('span', { class: 'outline-sample' }), l10n.t('of another class than most images of its cluster')],
  ] as const;
  const dialog = h('dialog', { class: 'key-sheet', 'aria-labelledby': 'key-sheet-title' });
  dialog.append(
    h(
      'header',
      {},
      h('h2', { id: 'key-sheet-title' }, l10n.t('Keys and marks')),
      closeButton(l10n.t('Close (Escape)'), () => dialog.close()),
    ),
    h(
      'div',
      { class: 'key-sheet-body' },
      group(l10n.t('Look'), look.map(keyRow)),
      ...(isEditable ? [group(l10n.t('Correct'), correct.map(keyRow))] : []),
      group(l10n.t('One image large'), large.map(keyRow)),
      group(
        l10n.t('Marks'),
        marks.map(([mark, says]) => h('div', {}, h('dt', {}, mark), h('dd', {}, says))),
      ),
      h(
        'p',
        { class: 'summary' },
        l10n.t(
          'Colour on an image shows what is unusual there: nothing where it is as most images of the folder are. Images near the left of a row are typical, those near its right vary most.',
        ),
      ),
    ),
  );
  // The gallery behind has keys of its own.
  dialog.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === '?') dialog.close();
  });
  return dialog;
}

function group(title: string, rows: HTMLElement[]): HTMLElement {
  return h('section', {}, h('h3', {}, title), h('dl', {}, ...rows));
}

function keyRow([keys, does]: Row): HTMLElement {
  return h('div', {}, h('dt', {}, h('kbd', {}, keys)), h('dd', {}, does));
}
