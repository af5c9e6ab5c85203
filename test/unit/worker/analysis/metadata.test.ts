// What is known of images beyond their pixels: a table beside them, and the days of their files.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { daysOf, metadataNote, metadataOf, readMetadata } from '../../../../worker/analysis/metadata';

describe('metadata', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'metadata-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const paths = ['a/1.png', 'a/2.png', 'b/1.png', 'b/3.png'];

  it('is a table by path, and by name where that is clear', async () => {
    write('metadata.csv', '\uFEFFFile,line,"lot"\r\na/1.png,A,7\r\n./b/1.png,B,"8, 9"\r\n3.png,B,9\r\n');
    const { table } = await readMetadata(folder);
    assert.deepEqual(metadataOf(table, paths), {
      columns: ['line', 'lot'],
      values: [
        ['A', '7'],
        ['', ''],
        ['B', '8, 9'],
        ['B', '9'],
      ],
    });
    // "1.png" would be two images.
    write('metadata.csv', 'path;line\n1.png;A\n');
    assert.equal(metadataOf((await readMetadata(folder)).table, paths), undefined);
  });

  it('reads semicolons and paths of Windows', async () => {
    const file = write('lines.csv', 'line;path\nA;a\\1.png\n');
    assert.deepEqual(metadataOf((await readMetadata(folder, file)).table, paths)?.values[0], ['A']);
  });

  it('says what is wrong with a file that was named, and what with one that was not', async () => {
    assert.deepEqual(await readMetadata(folder), {});
    assert.deepEqual(metadataNote({}), []);
    await assert.rejects(readMetadata(folder, join(folder, 'none.csv')), /none\.csv cannot be read/);
    const file = write('metadata.csv', 'time,line\n1,2\n');
    const found = await readMetadata(folder);
    assert.match(metadataNote(found)[0]!.value, /not used: metadata\.csv has no column called path/);
    await assert.rejects(readMetadata(folder, file), /has no column called path/);
  });

  it('knows the days of files, where there are several', async () => {
    for (const [i, name] of ['x.png', 'y.png'].entries()) {
      const time = new Date(2026, 0, 5 + i, 12);
      utimesSync(write(name, ''), time, time);
    }
    assert.deepEqual(await daysOf(folder, ['x.png', 'y.png']), ['2026-01-05', '2026-01-06']);
    assert.equal(await daysOf(folder, ['x.png']), undefined);
  });
});
