// What stands in the place of the gallery when git left two versions in the label file: what each of them holds, and three ways on.
import * as l10n from '@vscode/l10n';
import type { VersionChoice, VersionSummary } from '../../worker/labels/conflict';
import { button } from '../kit/controls';
import { h, icon } from '../kit/dom';
import { imagesInClusters } from '../kit/format';
import type { Messages } from '../kit/messages';
import type { ConflictState } from '../source/protocol';
import type { GallerySource } from '../source/source';

/** Names that are shown of each version. */
const namesShown = 12;

export function conflictPanel(
  { title, ours, theirs, differing }: ConflictState,
  source: GallerySource,
  messages: Messages,
): HTMLElement {
  const take = (choice: VersionChoice) => () => void messages.watch(source.resolveConflict?.(choice));
  const isWhole = ours.problem === undefined && theirs.problem === undefined;
  return h(
    'div',
    { class: 'placeholder conflict', role: 'alert' },
    icon('warning'),
    h('h1', {}, l10n.t('{0} has two versions of its labels', title)),
    h(
      'p',
      {},
      differing === 0
        ? l10n.t(
            'A git merge was not finished: names differ, and every image is in the same place. Nothing is saved before you save it.',
          )
        : differing === 1
          ? l10n.t('A git merge was not finished: 1 image differs. Nothing is saved before you save it.')
          : l10n.t('A git merge was not finished: {0} images differ. Nothing is saved before you save it.', differing),
    ),
    h(
      'div',
      { class: 'versions' },
      versionCard(l10n.t('Ours'), ours, l10n.t('Take ours'), take('ours')),
      versionCard(l10n.t('Theirs'), theirs, l10n.t('Take theirs'), take('theirs')),
    ),
    isWhole ? button(l10n.t('Take both, image by image'), take('both')) : undefined,
    isWhole
      ? h(
          'p',
          { class: 'summary' },
          l10n.t('Names and pins of both stay; an image that is not pinned is where ours has it.'),
        )
      : undefined,
    source.openAsText && button(l10n.t('Open as Text'), () => void messages.watch(source.openAsText?.()), 'secondary'),
  );
}

function versionCard(heading: string, version: VersionSummary, title: string, take: () => void): HTMLElement {
  const { name, images, clusters, names, problem } = version;
  const more = names.length > namesShown ? ', …' : '';
  return h(
    'section',
    { class: 'version' },
    h('h2', {}, heading, name === '' ? undefined : h('span', { class: 'summary' }, name)),
    problem === undefined
      ? h('p', {}, imagesInClusters(images, clusters))
      : h('p', { class: 'problem' }, l10n.t('This version cannot be read: {0}', problem)),
    names.length === 0 ? undefined : h('p', { class: 'summary' }, names.slice(0, namesShown).join(', ') + more),
    problem === undefined ? button(title, take) : undefined,
  );
}
