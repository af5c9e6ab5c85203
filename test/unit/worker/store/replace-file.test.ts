// Files that belong to a person are replaced, never changed into others.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../../../../worker/store/atomic-write';

describe('a file that is replaced', () => {
  let folder: string;
  let file: string;
  const always = () => Promise.resolve(true);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replace-'));
    file = join(folder, 'labels.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps its mode', async function () {
    if (process.platform === 'win32') return this.skip();
    writeFileSync(file, 'old');
    chmodSync(file, 0o664);
    assert.equal(await replaceFile(file, 'new', always), true);
    assert.equal(readFileSync(file, 'utf8'), 'new');
    assert.equal(statSync(file).mode & 0o777, 0o664);
  });

  it('is written to where it is no file, and stays what it is', async function () {
    if (process.platform === 'win32') return this.skip();
    assert.equal(spawnSync('mkfifo', [file]).status, 0);
    const reader = spawn('cat', [file]);
    let text = '';
    reader.stdout.on('data', (part: Buffer) => (text += part.toString()));
    const ended = once(reader, 'close');
    assert.equal(await replaceFile(file, 'new'), true);
    await ended;
    assert.equal(text, 'new');
    assert.ok(lstatSync(file).isFIFO());
    assert.deepEqual(readdirSync(folder), ['labels.json']);
  });

  for (const isDangling of [false, true]) {
    it(`is the one that a link leads to${isDangling ? ', there or not' : ''}`, async function () {
      if (process.platform === 'win32') return this.skip();
      mkdirSync(join(folder, 'shared'));
      const target = join(folder, 'shared', 'labels.json');
      if (!isDangling) writeFileSync(target, 'old');
      symlinkSync(join('shared', 'labels.json'), file);
      assert.equal(await replaceFile(file, 'new', always), true);
      assert.ok(lstatSync(file).isSymbolicLink());
      assert.equal(readFileSync(target, 'utf8'), 'new');
      assert.deepEqual(readdirSync(join(folder, 'shared')), ['labels.json']);
    });
  }

  it('stays as somebody left it meanwhile', async () => {
    writeFileSync(file, 'old');
    const isReplaced = await replaceFile(file, 'new', () => {
      writeFileSync(file, 'of somebody else');
      return Promise.resolve(readFileSync(file, 'utf8') === 'old');
    });
    assert.equal(isReplaced, false);
    assert.equal(readFileSync(file, 'utf8'), 'of somebody else');
    assert.deepEqual(readdirSync(folder), ['labels.json']);
  });

  it('does not bring back a folder that was deleted', async () => {
    rmSync(folder, { recursive: true });
    await assert.rejects(replaceFile(file, 'new', always), { code: 'not-writable', message: /not there any more/ });
    assert.ok(!existsSync(folder));
  });
});
