// `compare`: two label files of one folder, in words, as JSON, or as a page.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fillPage } from '../analysis/write-report';
import type { Comparison } from '../api/comparison';
import type { ComparisonData } from '../api/report-data';
import { counted } from '../base/units';
import { visible } from '../base/visible';
import { compareLabels } from '../evaluation/compare-labels';
import { fileInside } from '../images/inside';
import { clusterColor, type LabelDocument } from '../labels';
import type { Run } from '../session/run';
import { replaceFile } from '../store/atomic-write';
import { requireFolder } from '../store/require-folder';
import { printJson } from '../terminal/json-output';
import { parseLabelFile } from '../terminal/read-labels';
import type { Paths } from '../terminal/with-run';

export interface CompareOptions {
  page?: string;
  json?: boolean;
}

/** Moved images that are listed in a terminal; the page and JSON have all. */
const listed = 20;
const picturesOnPage = 500;
const pictureSide = 192;

/** @throws EngineError `label-file-invalid`, `not-writable` */
export async function runCompare(
  run: Run,
  paths: Paths,
  first: string,
  second: string,
  { page, json = false }: CompareOptions,
): Promise<void> {
  if (page !== undefined) await requireFolder(dirname(resolve(page)));
  const [a, b] = [await parseLabelFile(resolve(first)), await parseLabelFile(resolve(second))];
  const comparison = compareLabels(a, b);
  if (page !== undefined) {
    const data = await pageData(run, { first, second, a, b }, comparison);
    await replaceFile(resolve(page), fillPage(await readFile(paths.comparePage, 'utf8'), data));
  }
  const written = page === undefined ? {} : { page: resolve(page) };
  if (json) printJson({ first: resolve(first), second: resolve(second), ...written, ...comparison });
  else print(comparison, page);
}

/** Pictures of moved images, where the folder that the first file is about is there. */
async function pageData(
  run: Run,
  { first, second, a, b }: { first: string; second: string; a: LabelDocument; b: LabelDocument },
  comparison: Comparison,
): Promise<ComparisonData> {
  const folder = resolve(dirname(resolve(first)), a.root);
  const pictures: Record<string, string> = {};
  const files = comparison.moved.slice(0, picturesOnPage).flatMap(({ path }) => {
    const file = fileInside(folder, path);
    return file === undefined ? [] : [{ path, file }];
  });
  for await (const [{ path }, result] of run.tasks('thumbnail', files, ({ file }) => ({
    file,
    range: undefined,
    side: pictureSide,
  }))) {
    if (result.ok) pictures[path] = `data:image/webp;base64,${(await readFile(result.value)).toString('base64')}`;
  }
  const colors = (labels: LabelDocument) =>
    Object.fromEntries(labels.clusters.map(({ id, color }) => [id, clusterColor(color, id)]));
  return {
    first: { name: nameOf(first), colors: colors(a) },
    second: { name: nameOf(second), colors: colors(b) },
    comparison,
    pictures,
  };
}

/** Two label files are mostly called the same: the folder tells them apart. */
function nameOf(file: string): string {
  return join(basename(dirname(resolve(file))), basename(file));
}

function print({ images, agreement, onlyInFirst, onlyInSecond, clusters, moved }: Comparison, page?: string): void {
  console.log(
    `${counted(images, 'image is', 'images are')} in both; ${onlyInFirst.length} only in the first, ${onlyInSecond.length} only in the second.`,
  );
  if (agreement) {
    const { same, ari, nmi } = agreement;
    console.log(
      `${(100 * same).toFixed(1)} % are in clusters that stand for each other (ARI ${ari.toFixed(3)}, NMI ${nmi.toFixed(3)}).`,
    );
  }
  console.log('');
  for (const { first, second, shared } of clusters) {
    const [from, to] = [first, second].map((each) => (each ? `${visible(each.title)} (${each.images})` : '–'));
    console.log(`${from} → ${to}: ${shared} shared`);
  }
  if (moved.length > 0) console.log(`\n${counted(moved.length, 'image is', 'images are')} elsewhere:`);
  for (const { path, from, to, pinned } of moved.slice(0, listed))
    console.log(`${visible(path)}: ${visible(from)} → ${visible(to)}${pinned ? ' (pinned)' : ''}`);
  if (moved.length > listed) console.log(`… and ${moved.length - listed} more. --json and --page have all.`);
  if (page !== undefined) console.log(`Page: ${visible(resolve(page))}`);
}
