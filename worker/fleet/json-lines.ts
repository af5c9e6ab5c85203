// Long lists as files with one JSON value a line: written and read without ever holding the whole list.
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { EngineError } from '../api/errors';
import { diskProblem } from '../store/atomic-write';
import { temporaryBeside } from '../store/temporary';

/** Characters that are written at a time. */
const bufferLength = 2 ** 20;

/** Replaces a file as a whole. @throws EngineError `not-writable` */
export async function writeLines(file: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const temporary = temporaryBeside(file);
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      let buffer = '';
      for await (const line of lines) {
        buffer += `${line}\n`;
        if (buffer.length < bufferLength) continue;
        await handle.write(buffer);
        buffer = '';
      }
      await handle.write(buffer);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const problem = diskProblem(error);
    if (problem === undefined) throw error;
    throw new EngineError({ code: 'not-writable', file }, `${file} could not be written: ${problem}.`, {
      cause: error,
    });
  }
}

/** One value a line. @throws EngineError `not-writable` */
export function writeJsonLines(file: string, values: Iterable<unknown>): Promise<void> {
  const lines = function* () {
    for (const value of values) yield JSON.stringify(value);
  };
  return writeLines(file, lines());
}

/** The values of a file that {@link writeJsonLines} wrote. */
export async function* readJsonLines<T>(file: string): AsyncGenerator<T> {
  const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: bufferLength });
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity }))
      if (line !== '') yield JSON.parse(line) as T;
  } finally {
    stream.destroy();
  }
}
