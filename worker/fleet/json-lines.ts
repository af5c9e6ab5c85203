// Long lists as files with one JSON value a line: written and read without ever holding the whole list.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { writeAtomically } from '../store/atomic-write';

/** Characters that are written at a time. */
const bufferLength = 2 ** 20;

/** Replaces a file as a whole. @throws EngineError `not-writable` */
export async function writeLines(file: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  await writeAtomically(file, async (temporary) => {
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
    } finally {
      await handle.close();
    }
  });
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
