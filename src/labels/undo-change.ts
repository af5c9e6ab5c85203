// Taking back a change of a label file that was saved without an editor, as long as nobody changed the file since.
import { l10n, window, type Uri } from 'vscode';
import { replaceText, saveDocument } from './document-edits';
import { openLabelDocument } from './utf8-document';

/** Puts the text from before a change in the place of the one from after it. Problems are shown, not thrown. */
export async function undoChange(uri: Uri, before: string, after: string): Promise<void> {
  try {
    const document = await openLabelDocument(uri);
    const wasDirty = document.isDirty;
    if (!(await replaceText(document, after, before))) {
      void window.showWarningMessage(l10n.t('The label file has changed since, so it was left as it is.'));
      return;
    }
    if (!wasDirty) await saveDocument(document);
  } catch (error) {
    void window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}
