// Images of tar files as files of the work folder: those that the label file lists, so that the gallery opens it like any other.
import { readFile, stat } from 'node:fs/promises';
import { EngineError } from '../api/errors';
import { throwIfCancelled } from '../base/cancel';
import { contentOf, ImageError } from '../images/decode';
import { withImageFile } from '../images/image-file';
import { fileInside } from '../images/inside';
import { pageOf } from '../images/pages';
import type { Run } from '../session/run';
import { writeFileAtomic } from '../store/atomic-write';
import { readJsonLines } from './json-lines';
import { imageOf, invalid, picturesIn, WorkFolder, type Plan, type PlannedImage } from './work-folder';

/** What was written. */
export interface Pictures {
  /** Absolute path. */
  folder: string;
  /** Files that are there now, with those that were there before. */
  files: number;
  bytes: number;
}

/**
 * Writes images of a plan of tar files, each under its path. What is there already, the same, is not written again.
 * @param paths of images; those that the plan does not have are passed over
 * @throws EngineError `work-invalid` where a tar file is not there any more, or another one; `not-writable`, `cancelled`
 */
export async function writePictures(run: Run, work: string, plan: Plan, paths: ReadonlySet<string>): Promise<Pictures> {
  const pictures: Pictures = { folder: picturesIn(work), files: 0, bytes: 0 };
  const names = new DistinctNames();
  for await (const planned of readJsonLines<PlannedImage>(new WorkFolder(work, plan.id).list('images'))) {
    if (planned.place === undefined || !paths.has(planned.path)) continue;
    throwIfCancelled(run.flag);
    // Pages of one file are written as that.
    const name = pageOf(planned.path)?.file ?? planned.path;
    if (names.has(name)) continue;
    const target = fileInside(pictures.folder, name);
    if (target === undefined) throw invalid(work, `The plan names ${name}, which leads out of ${pictures.folder}.`);
    await names.add(name, target);
    const bytes = await bytesOf(work, plan, planned);
    pictures.files++;
    pictures.bytes += bytes.length;
    if (!(await isThere(target, bytes))) await writeFileAtomic(target, bytes, { flush: false });
  }
  return pictures;
}

/** Of the whole file, where the image is a page of it. */
async function bytesOf(work: string, plan: Plan, planned: PlannedImage): Promise<Uint8Array> {
  const { file, content } = imageOf(planned, plan);
  const read = (path: string) => withImageFile(path, (bytes) => Promise.resolve(bytes));
  const again = `Bring it back, or plan again; "merge --no-pictures" goes without the images.`;
  try {
    const image = await read(file);
    if (contentOf(image) !== content) throw new ImageError('was changed after it was planned');
    const whole = pageOf(file)?.file;
    return whole === undefined ? image : await read(whole);
  } catch (error) {
    if (error instanceof ImageError) throw invalid(work, `${file} ${error.message}. ${again}`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof EngineError) throw error;
    throw invalid(work, `${file} cannot be read here (${code}), and the gallery needs it. ${again}`);
  }
}

async function isThere(file: string, bytes: Uint8Array): Promise<boolean> {
  if ((await stat(file).catch(() => undefined))?.size !== bytes.length) return false;
  return Buffer.compare(await readFile(file), bytes) === 0;
}

/** Names of files that are told apart by the file system that they are written to. */
class DistinctNames {
  /** By what is left of it where case and ways of writing accents do not count. */
  private readonly files = new Map<string, string>();
  private readonly names = new Set<string>();

  has(name: string): boolean {
    return this.names.has(name);
  }

  /** @throws EngineError `not-writable` where another one has the same file */
  async add(name: string, file: string): Promise<void> {
    const folded = name.normalize('NFC').toLowerCase();
    const other = this.files.get(folded);
    if (other !== undefined && (await isSameFile(file, other))) {
      throw new EngineError(
        { code: 'not-writable', file },
        `${file} is the same file as ${other} here. Use a work folder on a file system that knows upper and lower case.`,
      );
    }
    this.names.add(name);
    this.files.set(folded, file);
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((file) => stat(file, { bigint: true }).catch(() => undefined)));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}
