// Exports what a gallery shows, to a place that the person chooses.
import { commands, l10n, ProgressLocation, Uri, window, workspace, type TextDocument } from 'vscode';
import type { ExportFormat } from '../../webview/source/protocol';
import {
  placings,
  type FolderFormat,
  type ImageFailure,
  type Placing,
  type TableFormat,
} from '../../worker/api/requests';
import type { EngineClient } from '../engine/engine-client';
import { baseName } from '../labels/label-location';
import { labelFileOfDocument } from '../labels/read-label-file';
import { exportCatalogue } from './catalogue';

/** @throws Error with a message for the person, when the label file cannot be read or the place cannot be written */
export async function exportLabels(format: ExportFormat, document: TextDocument, engine: EngineClient): Promise<void> {
  const file = await labelFileOfDocument(document);
  if (file.kind === 'invalid') throw new Error(file.message);
  const { folder } = file;
  const labels = document.getText();
  const count = file.document.images.length;
  switch (format) {
    case 'csv':
      return exportTable(engine, { folder, labels, format, count }, 'csv', { CSV: ['csv'] });
    case 'coco':
    case 'fiftyone':
    case 'label-studio':
      return exportTable(engine, { folder, labels, format, count }, `${format}.json`, { JSON: ['json'] });
    case 'cvat':
      return exportTable(engine, { folder, labels, format, count }, 'cvat.xml', { XML: ['xml'] });
    case 'folders':
    case 'yolo':
    case 'yolo-seg':
      return exportFiles(engine, { folder, labels, format, placing: await askForPlacing() });
    case 'masks':
      return exportFiles(engine, { folder, labels, format, placing: 'copy' });
    case 'catalogue':
      return exportCatalogue({ folder, labelFile: document.uri, labels }, engine);
    case 'report': {
      const target = await askForFile(folder, 'html', { HTML: ['html'] });
      if (!target) return;
      const title = l10n.t('Writing the report');
      await window.withProgress({ location: ProgressLocation.Window, title }, () =>
        engine.request('report', { folder: folder.fsPath, labels, file: target.fsPath }),
      );
      return offerToShow(target);
    }
  }
}

interface ToTable {
  folder: Uri;
  labels: string;
  format: TableFormat;
  /** Images of the label file. */
  count: number;
}

async function exportTable(
  engine: EngineClient,
  { folder, labels, format, count }: ToTable,
  extension: string,
  filters: Record<string, string[]>,
): Promise<void> {
  const target = await askForFile(folder, extension, filters);
  if (!target) return;
  const { text, config, failures } = await engine.request('exportTable', { folder: folder.fsPath, labels, format });
  const write = (file: Uri, content: string) => workspace.fs.writeFile(file, new TextEncoder().encode(content));
  await write(target, text);
  if (config !== undefined) {
    await write(target.with({ path: `${target.path.replace(/\.json$/i, '')}-config.xml` }), config);
  }
  await tellAbout(target, failures, count - failures.length);
}

function askForFile(folder: Uri, extension: string, filters: Record<string, string[]>): Thenable<Uri | undefined> {
  const defaultUri = Uri.joinPath(folder, '..', `${baseName(folder)}-clusters.${extension}`);
  return window.showSaveDialog({ defaultUri, filters, title: l10n.t('Export Clusters') });
}

/** Undefined where the person changed their mind. */
async function askForPlacing(): Promise<Placing | undefined> {
  const titles: Record<Placing, string> = {
    copy: l10n.t('Copy the images'),
    'hard link': l10n.t('Hard links: no space on the same disk, the same file twice'),
    'symbolic link': l10n.t('Symbolic links: no space, point to the images where they are'),
  };
  const choice = await window.showQuickPick(
    placings.map((placing) => ({ label: titles[placing], placing })),
    { title: l10n.t('Export the Images') },
  );
  return choice?.placing;
}

interface ToFiles {
  folder: Uri;
  labels: string;
  format: FolderFormat;
  placing: Placing | undefined;
}

async function exportFiles(engine: EngineClient, { folder, labels, format, placing }: ToFiles): Promise<void> {
  if (!placing) return;
  const [target] =
    (await window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: Uri.joinPath(folder, '..'),
      openLabel: l10n.t('Export Here'),
    })) ?? [];
  if (!target) return;
  const { placed, failures } = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Exporting images'), cancellable: true },
    (_progress, token) =>
      engine.request(
        'exportFolders',
        { folder: folder.fsPath, labels, target: target.fsPath, format, placing },
        { token },
      ),
  );
  await tellAbout(target, failures, placed);
}

async function tellAbout(target: Uri, failures: readonly ImageFailure[], exported: number): Promise<void> {
  const [first] = failures;
  if (!first) return offerToShow(target);
  const rest = l10n.t('{0} images exported, {1} not. {2} {3}.', exported, failures.length, first.path, first.reason);
  await window.showWarningMessage(rest);
}

/** Not waited for: the export is done. */
function offerToShow(target: Uri): Promise<void> {
  const show = l10n.t('Reveal');
  void window.showInformationMessage(l10n.t('Exported to {0}.', target.fsPath), show).then((choice) => {
    if (choice === show) void commands.executeCommand('revealFileInOS', target);
  });
  return Promise.resolve();
}
