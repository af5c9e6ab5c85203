// Keeps the documents of label files UTF-8 while people have them open, as text or as a gallery.
import { workspace, type LogOutputChannel, type TextDocument } from 'vscode';
import { labelFileName } from '../../worker/labels/view';
import { Disposable } from '../base/disposable';
import { mendSaved, requireUtf8 } from './utf8-document';

export class Utf8Keeper extends Disposable {
  constructor(private readonly log: LogOutputChannel) {
    super();
    for (const document of workspace.textDocuments) this.check(document);
    this._register(workspace.onDidOpenTextDocument((document) => this.check(document)));
    // A change without changes of the text is one of the encoding.
    this._register(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0) this.check(document);
      }),
    );
    this._register(
      workspace.onDidSaveTextDocument((document) => {
        if (isLabelFile(document)) void mendSaved(document).catch((error: unknown) => this.log.warn(String(error)));
      }),
    );
  }

  /** A document that cannot be read as UTF-8 is shown as it is; whoever wants to change it is told. */
  private check(document: TextDocument): void {
    if (isLabelFile(document) && !document.isDirty)
      void requireUtf8(document).catch((error: unknown) => this.log.warn(String(error)));
  }
}

function isLabelFile({ uri }: TextDocument): boolean {
  return uri.scheme === 'file' && uri.path.endsWith(labelFileName);
}
