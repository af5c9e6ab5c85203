// `scan`: what a folder holds, before hours of work.
import { resolve } from 'node:path';
import type { PageName } from '../api/settings';
import { visible } from '../base/visible';
import { surveyOf, type Survey } from '../describe/survey';
import { readDataset, type Dataset } from '../describe/dataset';
import { judge, type PhotoQuality } from '../describe/photo-quality';
import type { Quality } from '../images/quality';
import { withMaskClasses } from '../images/mask-classes';
import { scanFolder } from '../images/scan';
import { folderNotes, layoutNote } from '../pipeline/notes';
import type { Run } from '../session/run';

export interface ScanOptions {
  normal?: string;
  pages: PageName;
  json?: boolean;
}

/** Of anything, so many are named. */
const shown = 5;

/** @throws EngineError `folder-not-found`, `mask-invalid` */
export async function runScan(run: Run, folder: string, { normal, pages, json }: ScanOptions): Promise<void> {
  const scanned = await withMaskClasses(
    await scanFolder(resolve(folder), normal === undefined ? undefined : resolve(normal)),
  );
  const dataset = await readDataset(run, scanned, pages);
  const survey = surveyOf(dataset, await judgePhotos(run, dataset));
  const layout = layoutNote(dataset);
  const notes = folderNotes(dataset);
  if (json) {
    console.log(JSON.stringify({ ...survey, notes: [layout, ...notes] }, null, 2));
    return;
  }
  for (const { label, value } of [layout, ...lines(survey), ...notes]) console.log(`${label}: ${visible(value)}`);
  for (const { path, reason } of survey.leftOut) console.log(`Left out: ${visible(path)} ${reason}.`);
}

/** Looks at every photo, and says which came out otherwise than most. */
async function judgePhotos(run: Run, { images }: Dataset): Promise<PhotoQuality> {
  const distinct = [...new Map(images.map((image) => [image.content, image])).values()];
  const photos = new Map<string, Quality>();
  const progress = run.startStage('scan', distinct.length);
  for await (const [{ path }, result] of run.tasks('quality', distinct, ({ file, range }) => ({ file, range }))) {
    if (result.ok) photos.set(path, result.value);
    progress.step();
  }
  return judge(photos);
}

function lines({
  images,
  normals,
  kinds,
  sizes,
  deep,
  classes,
  oddSizes,
  copies,
  photos,
}: Survey): { label: string; value: string }[] {
  const counted = (counts: Survey['kinds']) => some(counts.map(({ name, images: count }) => `${count} ${name}`));
  const [usual] = sizes;
  return [
    { label: 'Images', value: images === 0 ? 'none' : `${images} (${counted(kinds)})` },
    ...(usual === undefined ? [] : [{ label: 'Sizes', value: counted(sizes) }]),
    ...(oddSizes.length === 0 ? [] : [{ label: `Not ${usual!.name}`, value: some(oddSizes) }]),
    ...(deep === 0 ? [] : [{ label: 'More than 8 bits a channel', value: String(deep) }]),
    ...(classes.length === 0 ? [] : [{ label: 'Classes', value: counted(classes) }]),
    ...(normals === 0 ? [] : [{ label: 'Normal images', value: String(normals) }]),
    ...groups('The same image', copies),
    ...groups('Nearly the same image', photos.nearCopies),
    ...named('Blurred', photos.blurred),
    ...named('Dark', photos.dark),
    ...named('Bright', photos.bright),
  ];
}

function named(label: string, paths: readonly string[]): { label: string; value: string }[] {
  return paths.length === 0 ? [] : [{ label, value: some(paths) }];
}

function groups(label: string, all: readonly string[][]): { label: string; value: string }[] {
  return [
    ...all.slice(0, shown).map((paths) => ({ label, value: some(paths) })),
    ...(all.length > shown ? [{ label, value: `and ${all.length - shown} more groups` }] : []),
  ];
}

function some(all: readonly string[]): string {
  return all.slice(0, shown).join(', ') + (all.length > shown ? `, and ${all.length - shown} more` : '');
}
