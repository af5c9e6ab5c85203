// A task on one image never fails for that image's sake: it answers with the reason.
import { ImageError } from '../../images/decode';

/** A task on one image gives its result, or the reason why this image cannot be used. */
export type ImageOutcome<T> = { ok: true; value: T } | { ok: false; reason: string };

/** What the file system says of one file, to put behind its name; undefined for what is no fault of a file. */
export function fileProblem(error: unknown): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'was removed while the folder was read';
    case 'EACCES':
    case 'EPERM':
      return 'cannot be opened: there is no permission to read it';
    case 'EISDIR':
      return 'is a folder by now';
    case 'ELOOP':
      return 'is a link that leads to itself';
    case 'ENAMETOOLONG':
      return 'cannot be opened: its path is too long for this system';
    case 'EIO':
    case 'ESTALE':
    case 'ENXIO':
      return `cannot be read: the disk or the file server reports an error (${code}). Check it, then run again`;
    case 'EBUSY':
    case 'ETXTBSY':
      return 'cannot be read: another program holds it. Close that, then run again';
    case 'EMFILE':
    case 'ENFILE':
      return 'cannot be opened: too many files are open on this machine. Run again';
    case 'ERR_FS_FILE_TOO_LARGE':
      return 'is larger than 2 GB, which is not read. Make it smaller';
    default:
      // Whatever else a call of the file system fails with is about the file that it was made for.
      return code !== undefined && syscall !== undefined ? `cannot be read (${code})` : undefined;
  }
}

/** Reasons of single images are results; everything else is an error of the run. */
export async function outcome<T>(work: () => Promise<T>): Promise<ImageOutcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof ImageError) return { ok: false, reason: error.message };
    const reason = fileProblem(error);
    if (reason !== undefined) return { ok: false, reason };
    throw error;
  }
}
