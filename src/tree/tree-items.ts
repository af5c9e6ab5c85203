// How the side panel's nodes look: titles, counts, colours, tooltips, and what a click does.
import { posix } from 'node:path';
import { l10n, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri, type Command } from 'vscode';
import { majorityOf } from '../../worker/evaluation/majority';
import { classesOf } from '../../worker/images/layout';
import { clusterColor, isLateColor } from '../../worker/labels/view';
import { baseName } from '../labels/label-location';
import { titleOf } from '../labels/title-of';
import type { Difference } from './folder-differences';
import type { TooltipPicture } from './tooltip-pictures';
import {
  idOf,
  imageUri,
  type ClusterNode,
  type DatasetNode,
  type ImageNode,
  type Node,
  type ValidLabelFile,
} from './nodes';
import { language } from '../base/language';

const knownClasses = new WeakMap<ValidLabelFile, Map<string, string>>();

/** Ground-truth classes by path, where the folder's layout tells them; none where all images are of one. */
function classesIn(file: ValidLabelFile): Map<string, string> {
  const known = knownClasses.get(file) ?? severalOf(classesOf(file.document.images.map(({ path }) => path)));
  knownClasses.set(file, known);
  return known;
}

function severalOf(classes: Map<string, string>): Map<string, string> {
  return new Set(classes.values()).size > 1 ? classes : new Map<string, string>();
}

/** What VS Code draws for a node. A tooltip with a picture is added when it is asked for. */
export function toTreeItem(node: Node, difference?: Difference): TreeItem {
  switch (node.kind) {
    case 'dataset':
      return datasetItem(node, difference);
    case 'cluster':
      return clusterItem(node);
    case 'range': {
      const label = `${node.first + 1}–${node.first + node.images.length}`;
      const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
      item.id = idOf(node);
      return item;
    }
    case 'image':
      return imageItem(node);
  }
}

function datasetItem(node: DatasetNode, difference: Difference | undefined): TreeItem {
  const { file } = node;
  const isValid = file.kind === 'labels';
  const state = isValid ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.None;
  const item = new TreeItem(baseName(file.folder), state);
  item.id = idOf(node);
  item.resourceUri = file.uri;
  item.contextValue = isValid ? 'dataset' : 'invalidDataset';
  item.iconPath = new ThemeIcon(isValid ? 'folder-library' : 'warning');
  item.tooltip = isValid ? file.uri.fsPath : `${file.uri.fsPath}:${file.line}:${file.column}\n${file.message}`;
  item.description = isValid
    ? [countOfImages(file.document.images.length), ...differenceInWords(difference)].join(' · ')
    : file.message;
  if (!isValid)
    item.command = {
      command: 'anomalyClustering.openLabelFile',
      title: l10n.t('Open Label File'),
      arguments: [{ kind: 'dataset', file }],
    };
  return item;
}

function clusterItem(node: ClusterNode): TreeItem {
  const { cluster, images } = node;
  const item = new TreeItem(titleOf(cluster), TreeItemCollapsibleState.Collapsed);
  item.id = idOf(node);
  item.contextValue = 'cluster';
  item.iconPath = dot(clusterColor(cluster.color, cluster.id));
  const purity = purityOf(node);
  const judgement = cluster.ok === undefined ? [] : [cluster.ok ? l10n.t('OK') : l10n.t('not OK')];
  item.description = [
    images.length.toLocaleString(language),
    ...judgement,
    ...(purity === undefined ? [] : [purity]),
  ].join(' · ');
  // Without a tooltip VS Code asks for one when the pointer rests there: that has pictures.
  item.accessibilityInformation = { label: clusterText(node) };
  item.command = showInGallery(node);
  return item;
}

function imageItem(node: ImageNode): TreeItem {
  const uri = imageUri(node);
  // Pages of one file are told apart.
  const item = new TreeItem(posix.basename(node.image.path), TreeItemCollapsibleState.None);
  item.id = idOf(node);
  item.resourceUri = uri;
  item.contextValue = 'image';
  const folder = node.image.path.split('/').slice(0, -1).join('/');
  item.description = folder;
  item.accessibilityInformation = {
    label: node.image.pinned === true ? l10n.t('{0}, pinned', node.image.path) : node.image.path,
  };
  item.command = showInGallery(node);
  return item;
}

/** "5 new, 1 missing". */
function differenceInWords({ added, missing }: Difference = { added: 0, missing: 0 }): string[] {
  const words = [
    ...(added === 0 ? [] : [l10n.t('{0} new', added.toLocaleString(language))]),
    ...(missing === 0 ? [] : [l10n.t('{0} missing', missing.toLocaleString(language))]),
  ];
  return words.length === 0 ? [] : [words.join(', ')];
}

function countOfImages(count: number): string {
  return count === 1 ? l10n.t('1 image') : l10n.t('{0} images', count.toLocaleString(language));
}

/** The cluster's mark, as in the gallery. */
function dot(color: string): Uri {
  const shape = isLateColor(color)
    ? `<rect x="3.5" y="3.5" width="9" height="9" fill="${color}"/>`
    : `<circle cx="8" cy="8" r="5" fill="${color}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${shape}</svg>`;
  return Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
}

/** What a cluster's tooltip says. */
export function clusterText(node: ClusterNode): string {
  const purity = purityOf(node);
  const size = `${titleOf(node.cluster)}: ${countOfImages(node.images.length)}`;
  return purity === undefined ? size : `${size}, ${l10n.t('by the folders {0}', purity)}`;
}

/** "80 % scratch": the share of its main class, where the folder's layout tells classes. */
function purityOf({ file, images }: ClusterNode): string | undefined {
  const classes = classesIn(file);
  const majority = majorityOf(images.map(({ path }) => classes.get(path)));
  return majority && `${Math.round(100 * majority.share)} % ${majority.name}`;
}

/** What a click does; a second one right after opens an image's file. */
function showInGallery(node: ClusterNode | ImageNode): Command {
  return { command: 'anomalyClustering.clickNode', title: l10n.t('Show in Gallery'), arguments: [node] };
}

/** Pictures over a line of text. */
export function pictureTooltip(pictures: readonly TooltipPicture[], text: string): MarkdownString {
  const tooltip = new MarkdownString('', true);
  tooltip.supportHtml = true;
  // Base64 has nothing that needs to be escaped.
  const images = pictures.map(({ uri, side }) => `<img src="${uri}" width="${side}">`);
  if (images.length > 0) tooltip.appendMarkdown(`${images.join(' ')}\n\n`);
  tooltip.appendText(text);
  return tooltip;
}
