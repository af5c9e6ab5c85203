// What images can be told apart by beside their clusters: class, folder, or a part of their names. Pure.
import * as l10n from '@vscode/l10n';
import { isGoodName } from '../../worker/images/folder-names';

/** What of an image a facet looks at. */
interface FacetImage {
  path: string;
  truth: string | undefined;
}

export interface Facet {
  id: string;
  label: string;
  /** Whether clusters can be measured against it: the folders' names say what the images are. */
  isTruth: boolean;
  /** Sorted. */
  values: readonly string[];
  valueOf: (image: FacetImage) => string | undefined;
}

/** More values than this are names, not groups. */
const mostValues = 40;
/** Parts of file names that are looked at. */
const mostParts = 6;

/** The facets that tell some of the images apart. The classes of the layout come first. */
export function facetsOf(images: readonly FacetImage[], classes: readonly string[]): Facet[] {
  const facets: Facet[] = [];
  if (classes.length > 0) {
    // Nobody says that "lineA" is a defect; beside a folder of good ones the others are.
    const areDefects = classes.some(isGoodName) || images.some(({ path }) => isOfBenchmark(path));
    const label = areDefects ? l10n.t('Class') : l10n.t('Folder');
    facets.push({ id: 'class', label, isTruth: true, values: classes, valueOf: ({ truth }) => truth });
  }
  const candidates = [
    { id: 'folder', label: l10n.t('Folder'), valueOf: ({ path }: FacetImage) => folderOf(path) },
    ...Array.from({ length: mostParts }, (_, part) => ({
      id: `name:${part}`,
      label: '',
      valueOf: ({ path }: FacetImage) => partsOf(path)[part],
    })),
  ];
  for (const { id, label, valueOf } of candidates) {
    const found = images.map(valueOf);
    const values = [...new Set(found.flatMap((value) => value ?? []))].sort();
    // A value of each image of its own says nothing; one that some lack is no part that all have.
    if (values.length < 2 || values.length > mostValues || values.length > images.length / 2) continue;
    if (
      found.includes(undefined) ||
      facets.some((other) => images.every((image, i) => other.valueOf(image) === found[i]))
    )
      continue;
    facets.push({ id, label: label || partLabel(id, values), isTruth: false, values, valueOf });
  }
  return facets;
}

/** "Name, part 2: back, front …" */
function partLabel(id: string, values: readonly string[]): string {
  const part = Number(id.slice('name:'.length)) + 1;
  const shown = values.slice(0, 2).join(', ') + (values.length > 2 ? ' …' : '');
  return l10n.t('Name, part {0}: {1}', part, shown);
}

function isOfBenchmark(path: string): boolean {
  return /^(test\/|MT_)/.test(path);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
}

/** Of the file's name without its ending: what stands between separators. */
function partsOf(path: string): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return name.split(/[-_ .]+/).filter(Boolean);
}
