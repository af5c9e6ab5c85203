// "Remove Missing Images…": takes the lines of images that are not there out of a label file, after saying how many.
import { l10n, window } from 'vscode';
import type { EngineClient } from '../engine/engine-client';
import { baseName } from '../labels/label-location';
import { readText } from '../labels/read-label-file';
import type { DatasetNode } from '../tree/nodes';
import { changeFile } from './change-clusters';

/** So many are named; the others are counted. */
const namedImages = 10;

/** Asks first. @throws EngineError `not-writable` */
export async function removeMissing({ file }: DatasetNode, engine: EngineClient): Promise<void> {
  const labels = await readText(file.uri);
  if (labels === undefined) return;
  const missing = await engine.request('missing', { folder: file.folder.fsPath, labels });
  if (missing.length === 0) {
    void window.showInformationMessage(l10n.t('All images of {0} are there.', baseName(file.folder)));
    return;
  }
  const remove = l10n.t('Remove');
  const question =
    missing.length === 1
      ? l10n.t('1 image of the label file is not in {0}. Remove its line?', baseName(file.folder))
      : l10n.t(
          '{0} images of the label file are not in {1}. Remove their lines?',
          missing.length,
          baseName(file.folder),
        );
  const more = missing.length > namedImages ? `\n${l10n.t('and {0} more', missing.length - namedImages)}` : '';
  const detail = `${missing.slice(0, namedImages).join('\n')}${more}`;
  if ((await window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove) return;
  const done =
    missing.length === 1
      ? l10n.t('1 image removed from the labels.')
      : l10n.t('{0} images removed from the labels.', missing.length);
  await changeFile(file.uri, { kind: 'remove', paths: missing }, done);
}
