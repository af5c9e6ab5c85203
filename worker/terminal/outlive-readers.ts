// Output that nobody reads any more, as of `cluster photos | head`: the work goes on, and the label file is written.

/** Without it Node.js ends the program at the next line, with a stack trace. */
export function outliveReaders(streams: readonly NodeJS.WritableStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
