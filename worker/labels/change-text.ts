// A person's change as small replacements in the label file's text: what it does not touch stays byte for byte.
import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { finderByPath } from '../base/by-path';
import { changeLabels, type LabelChange } from './change';
import { difference } from './text/difference';
import { parseLabels, type LabelCluster, type LabelDocument, type LabelImage } from './document';
import { applyEdits, type TextEdit } from './text/edit';
import { memberPlaces, type MemberPlace, type Place } from './text/member-places';
import { onOneLine } from './serialize';

/**
 * A change as edits of the file's text: what it does not touch stays byte for byte.
 * @param document what the text says, where that is known
 * @throws LabelFileError when the text cannot be read; RangeError when the change names a cluster that is not there
 */
export function editsFor(text: string, change: LabelChange, document: LabelDocument = parseLabels(text)): TextEdit[] {
  const changed = changeLabels(document, change);
  const places = memberPlaces(text);
  const images = places.get('images')!;
  const edits = [
    ...clusterEdits(text, places.get('clusters')!, document.clusters, changed.clusters),
    ...imageEdits(text, images, document, changed),
    ...removals(images, document, changed),
    ...methodEdits(text, places.get('method')!, document, changed),
  ];
  return edits.length > largestEditCount ? [asOne(text, edits)] : edits;
}

/** VS Code takes its time for each. */
const largestEditCount = 500;

/** The smallest single replacement that does what all of them do. */
function asOne(text: string, edits: readonly TextEdit[]): TextEdit {
  const sorted = [...edits].sort((a, b) => a.offset - b.offset);
  const [first, last] = [sorted[0]!, sorted[sorted.length - 1]!];
  let replaced = '';
  let at = first.offset;
  for (const edit of sorted) {
    replaced += text.slice(at, edit.offset) + edit.text;
    at = edit.offset + edit.length;
  }
  return { offset: first.offset, length: last.offset + last.length - first.offset, text: replaced };
}

/** The list of clusters: elements that stay keep their text. */
function clusterEdits(text: string, list: MemberPlace, before: LabelCluster[], after: LabelCluster[]): TextEdit[] {
  const { elements } = list;
  const known = new Map(before.map((cluster, i) => [cluster.id, { cluster, place: elements[i]! }]));
  const isSameList = before.length === after.length && before.every(({ id }, i) => after[i]!.id === id);
  if (isSameList) {
    return after.flatMap((cluster) => {
      const old = known.get(cluster.id)!;
      return old.cluster === cluster
        ? []
        : editsWithin(text, old.place, (own, node) => memberEdits(own, node, cluster));
    });
  }
  const items = after.map((cluster) => {
    const old = known.get(cluster.id);
    if (!old) return onOneLine(cluster);
    const source = sliceOf(text, old.place);
    return applyEdits(source, memberEdits(source, parseTree(source)!, cluster));
  });
  const [first, second] = elements;
  const last = elements[elements.length - 1];
  const open = first ? text.slice(list.offset, first.offset) : '[\n    ';
  const close = last ? text.slice(last.offset + last.length, list.offset + list.length) : '\n  ]';
  const between = first && second ? text.slice(first.offset + first.length, second.offset) : `,${open.slice(1)}`;
  const fresh = items.length === 0 ? '[]' : open + items.join(between) + close;
  return difference(sliceOf(text, list), fresh).map((edit) => ({ ...edit, offset: edit.offset + list.offset }));
}

function imageEdits(text: string, { elements }: MemberPlace, before: LabelDocument, after: LabelDocument): TextEdit[] {
  const changedImage = finderByPath(after.images);
  return before.images.flatMap((image, i) => {
    const changed = changedImage(image.path);
    if (!changed) return [];
    const isSame = changed.cluster === image.cluster && changed.pinned === image.pinned;
    const hasSameRegions = changed.regions === image.regions;
    if (isSame && hasSameRegions) return [];
    return editsWithin(text, elements[i]!, (own, node) => [
      ...(isSame ? [] : memberEdits(own, node, changed)),
      ...(hasSameRegions ? [] : regionEdits(own, node, image, changed)),
    ]);
  });
}

/** Edits of a part of the text, which is read by itself. */
function editsWithin(text: string, place: Place, edits: (own: string, node: Node) => TextEdit[]): TextEdit[] {
  const own = sliceOf(text, place);
  return edits(own, parseTree(own)!).map((edit) => ({ ...edit, offset: edit.offset + place.offset }));
}

function sliceOf(text: string, { offset, length }: Place): string {
  return text.slice(offset, offset + length);
}

/** Regions stay where they are: only their clusters and pins change. */
function regionEdits(text: string, node: Node, before: LabelImage, after: LabelImage): TextEdit[] {
  const nodes = findNodeAtLocation(node, ['regions'])?.children ?? [];
  const target = new Map(after.regions?.map((region) => [region.box.join(), region]));
  return (before.regions ?? []).flatMap((region, i) => {
    const changed = target.get(region.box.join());
    return !changed || changed === region ? [] : memberEdits(text, nodes[i]!, changed);
  });
}

/** Takes out elements of the list of images, each with the comma that it needs no more. */
function removals(list: MemberPlace, before: LabelDocument, after: LabelDocument): TextEdit[] {
  if (before.images.length === after.images.length) return [];
  const { elements } = list;
  const stays = new Set(after.images.map(({ path }) => path));
  if (stays.size === 0) return [{ offset: list.offset, length: list.length, text: '[]' }];
  const isGone = (i: number) => i < elements.length && !stays.has(before.images[i]!.path);
  const edits: TextEdit[] = [];
  for (let first = 0; first < elements.length; first++) {
    if (!isGone(first)) continue;
    let last = first;
    while (isGone(last + 1)) last++;
    // With the comma before them; at the top of the list with the one behind.
    const start = first > 0 ? endOf(elements[first - 1]!) : elements[0]!.offset;
    const end = first > 0 ? endOf(elements[last]!) : elements[last + 1]!.offset;
    edits.push({ offset: start, length: end - start, text: '' });
    first = last;
  }
  return edits;
}

function endOf({ offset, length }: Place): number {
  return offset + length;
}

function methodEdits(text: string, place: Place, before: LabelDocument, after: LabelDocument): TextEdit[] {
  if (before.method.clusters === after.method.clusters) return [];
  return editsWithin(text, place, (_, tree) => {
    const { offset, length } = findNodeAtLocation(tree, ['clusters'])!;
    return [{ offset, length, text: JSON.stringify(after.method.clusters) }];
  });
}

/** Edits that give an object these members: values are replaced, missing members added at the end, others removed. */
function memberEdits(text: string, node: Node, members: Record<string, unknown>): TextEdit[] {
  const properties = node.children ?? [];
  const edits: TextEdit[] = [];
  const seen = new Set<string>();
  for (const [i, property] of properties.entries()) {
    const [keyNode, valueNode] = property.children as [Node, Node];
    const key = keyNode.value as string;
    seen.add(key);
    const value = members[key];
    if (value === undefined) {
      const previous = properties[i - 1];
      const start = previous ? previous.offset + previous.length : property.offset;
      const end = previous ? property.offset + property.length : (properties[i + 1]?.offset ?? property.offset);
      edits.push({ offset: start, length: end - start, text: '' });
    } else if (typeof value !== 'object') {
      const replacement = JSON.stringify(value);
      const isSame = text.slice(valueNode.offset, valueNode.offset + valueNode.length) === replacement;
      if (!isSame && JSON.stringify(valueNode.value) !== replacement) {
        edits.push({ offset: valueNode.offset, length: valueNode.length, text: replacement });
      }
    }
  }
  const last = properties[properties.length - 1];
  const added = Object.entries(members).filter(([key, value]) => !seen.has(key) && value !== undefined);
  if (last && added.length > 0) {
    const fresh = added.map(([key, value]) => `, ${JSON.stringify(key)}: ${onOneLine(value)}`).join('');
    edits.push({ offset: last.offset + last.length, length: 0, text: fresh });
  }
  return edits;
}
