// Badges in the Explorer, inside a real VS Code: which cluster an image is in.
import assert from 'node:assert/strict';
import { Uri } from 'vscode';
import { LabelFiles } from '../../src/labels/label-files';
import { ClusterDecorations } from '../../src/tree/decorations';
import { eventually } from '../tools/eventually';
import { activate, labelFileWith, labelText, writeText } from './workspace';

describe('the badge of an image', () => {
  let files: LabelFiles;
  let decorations: ClusterDecorations;
  let labelFile: Uri;
  before(async () => {
    await activate();
    labelFile = await labelFileWith('badges', labelText);
  });
  beforeEach(() => {
    files = new LabelFiles();
    decorations = new ClusterDecorations(files);
  });
  afterEach(() => {
    decorations.dispose();
    files.dispose();
  });
  const badgeOf = (path: string) => decorations.provideFileDecoration(Uri.joinPath(labelFile, '..', path));

  it('is not looked for before somebody looks at clusters', async () => {
    assert.equal(await badgeOf('d.png'), undefined);
    files.watch();
    assert.deepEqual(await badgeOf('d.png'), { badge: '1', tooltip: 'scratch' });
  });

  it('is the number of its cluster, with the name to read; a long number is only to be read', async () => {
    files.watch();
    assert.deepEqual(await badgeOf('a b/größe #1.png'), { badge: '1', tooltip: 'scratch' });
    assert.deepEqual(await badgeOf('e.png'), { tooltip: 'unnamed 207' });
  });

  it('is not on anything else', async () => {
    files.watch();
    for (const path of ['f.png', 'sub/d.png', '../d.png', '../badges-2/d.png', 'anomaly-clusters.json', '.']) {
      assert.equal(await badgeOf(path), undefined, path);
    }
  });

  it('is on the images of the folder that the label file names', async () => {
    files.watch();
    const uri = await labelFileWith('badges-elsewhere', labelText.replace('"root": "."', '"root": "../badges-images"'));
    files.refresh();
    const of = (path: string) => decorations.provideFileDecoration(Uri.joinPath(uri, path));
    assert.deepEqual(await of('../../badges-images/d.png'), { badge: '1', tooltip: 'scratch' });
    assert.equal(await of('../d.png'), undefined);
  });

  it('changes with the label file, and VS Code is told', async () => {
    files.watch();
    assert.equal((await badgeOf('d.png'))?.tooltip, 'scratch');
    let told = 0;
    decorations.onDidChangeFileDecorations(() => told++);
    await writeText(labelFile, labelText.replace('"scratch"', '"crack"'));
    await eventually('the new name', async () => told > 0 && (await badgeOf('d.png'))?.tooltip === 'crack');
  });
});
