// `scan`: what a folder holds, before hours of work.
import { resolve } from 'node:path';
import type { PageName } from '../api/settings';
import { visible } from '../base/visible';
import { photoNotes, surveyNotes, surveyOf } from '../survey/survey';
import { readDataset, type Dataset } from '../describe/dataset';
import { judge, type PhotoQuality } from '../survey/photo-quality';
import type { Quality } from '../images/quality';
import { withMaskClasses } from '../images/mask-classes';
import { scanFolder } from '../images/scan';
import { folderNotes, layoutNote } from '../pipeline/notes';
import type { Run } from '../session/run';
import { printJson } from '../terminal/json-output';

export interface ScanOptions {
  normal?: string;
  pages: PageName;
  json?: boolean;
}

/** @throws EngineError `folder-not-found`, `mask-invalid` */
export async function runScan(run: Run, folder: string, { normal, pages, json }: ScanOptions): Promise<void> {
  const scanned = await withMaskClasses(
    await scanFolder(resolve(folder), normal === undefined ? undefined : resolve(normal)),
  );
  const dataset = await readDataset(run, scanned, pages);
  const survey = surveyOf(dataset);
  const photos = await judgePhotos(run, dataset);
  const layout = layoutNote(dataset);
  const notes = folderNotes(dataset);
  if (json) {
    printJson({ ...survey, photos, notes: [layout, ...notes] });
    return;
  }
  for (const { label, value } of [layout, ...surveyNotes(survey), ...photoNotes(photos), ...notes])
    console.log(`${label}: ${visible(value)}`);
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
