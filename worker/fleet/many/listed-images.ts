// Passes over the list of all images, by path: who is who, without ever holding the list.
import type { ImageFailure } from '../../api/requests';
import type { DatasetImage } from '../../describe/dataset';
import { readJsonLines } from '../json-lines';
import type { WholeSet } from './whole-set';
import { imageOf, type Plan, type PlannedImage, type WorkFolder } from '../work-folder';

/** An image of the list that is among those that are grouped. */
export interface ListedImage {
  /** Among all that are grouped; copies share it. */
  index: number;
  image: PlannedImage;
}

/** Images that are grouped, sorted by path. */
export async function* listedImages(folder: WorkFolder, { rows }: Pick<WholeSet, 'rows'>): AsyncGenerator<ListedImage> {
  const indices = indicesByRow(rows);
  for await (const image of readJsonLines<PlannedImage>(folder.list('images'))) {
    const index = image.row === undefined ? -1 : (indices[image.row] ?? -1);
    if (index >= 0) yield { index, image };
  }
}

/** The same groups, numbered in the order in which the paths come to them. */
export async function numberByPath(folder: WorkFolder, set: WholeSet, groups: Int32Array): Promise<Int32Array> {
  const numbers = new Map<number, number>();
  for await (const { index } of listedImages(folder, set)) {
    const group = groups[index]!;
    if (!numbers.has(group)) numbers.set(group, numbers.size);
  }
  return groups.map((group) => numbers.get(group)!);
}

/** Some images by what is known of them. */
export interface Wanted {
  indices: ReadonlySet<number>;
  /** All that are among them are found, copies too. */
  paths: ReadonlySet<string>;
  /** Why rows could not be used. */
  reasons: ReadonlyMap<number, string>;
}

/** The wanted images, sorted by path, of copies the first; and all that could not be used. */
export async function lookUp(
  folder: WorkFolder,
  plan: Plan,
  { rows }: Pick<WholeSet, 'rows'>,
  { indices, paths, reasons }: Wanted,
): Promise<{ found: { index: number; image: DatasetImage }[]; failures: ImageFailure[] }> {
  const indexOf = indicesByRow(rows);
  const unusable = new Map(plan.unusable);
  const found: { index: number; image: DatasetImage }[] = [];
  const failures: ImageFailure[] = [];
  const taken = new Set<number>();
  for await (const planned of readJsonLines<PlannedImage>(folder.list('images'))) {
    const { row, path, content } = planned;
    const reason = row === undefined ? unusable.get(content) : reasons.get(row);
    const index = row === undefined ? -1 : (indexOf[row] ?? -1);
    if (reason !== undefined) failures.push({ path, reason });
    if (index < 0 || !(paths.has(path) || (indices.has(index) && !taken.has(index)))) continue;
    taken.add(index);
    found.push({ index, image: imageOf(planned, plan) });
  }
  return { found, failures };
}

function indicesByRow(rows: Int32Array): Int32Array {
  const indices = new Int32Array((rows[rows.length - 1] ?? -1) + 1).fill(-1);
  for (const [index, row] of rows.entries()) indices[row] = index;
  return indices;
}
