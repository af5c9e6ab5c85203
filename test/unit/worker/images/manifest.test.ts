// A list of images in place of a folder.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest } from '../../../../worker/images/manifest';

describe('a list of images', () => {
  const folder = mkdtempSync(join(tmpdir(), 'list-'));
  const file = join(folder, 'list.txt');
  after(() => rmSync(folder, { recursive: true, force: true }));
  const read = (text: string) => {
    writeFileSync(file, text);
    return readManifest(file, folder);
  };

  it('gives paths below its folder, sorted, each once, whatever ends its lines', async () => {
    const lines = ['b/2.png', join(folder, 'a', '1.png'), '', './b/2.png', 'b//3.png', 'x/../c d.png'];
    assert.deepEqual(await read(lines.join('\r\n')), ['a/1.png', 'b/2.png', 'b/3.png', 'c d.png']);
    assert.deepEqual(await read('\ufeffä.png\n#1.png'), ['#1.png', 'ä.png']);
  });

  it('is refused with the line that leads out of the folder, and where it is empty or not there', async () => {
    for (const outside of ['../1.png', '/1.png', 'a/../../1.png', '.'])
      await assert.rejects(read(`1.png\n${outside}\n`), /Line 2 of .*list\.txt names .*which is not in/, outside);
    await assert.rejects(read('\n \n'), /names no image/);
    await assert.rejects(readManifest(join(folder, 'none.txt'), folder), /none\.txt cannot be read/);
  });
});
