// "Export Catalogue of Defects…": what the named clusters look like, as one small file without pictures, for folders to come.
import { l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import type { EngineClient } from '../engine/engine-client';
import { readSettings } from '../engine/run-settings';
import { baseName } from '../labels/label-location';

export interface ToCatalogue {
  folder: Uri;
  labelFile: Uri;
  /** Text of the label file. */
  labels: string;
}

/** @throws EngineError where no cluster has a name, or the clusters were made by another method than the default one */
export async function exportCatalogue({ folder, labelFile, labels }: ToCatalogue, engine: EngineClient): Promise<void> {
  const target = await window.showSaveDialog({
    defaultUri: Uri.joinPath(folder, '..', `${baseName(folder)}-catalogue.json`),
    filters: { JSON: ['json'] },
    title: l10n.t('Export Catalogue of Defects'),
  });
  if (!target) return;
  const { device, settings } = readSettings(folder);
  const request = { folder: folder.fsPath, labelFile: labelFile.fsPath, labels, model: settings.model, device };
  const { catalogue, clusters, examples } = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Writing the catalogue'), cancellable: true },
    (_progress, token) => engine.request('catalogue', request, { token }),
  );
  await workspace.fs.writeFile(target, new TextEncoder().encode(catalogue));
  void window.showInformationMessage(
    l10n.t(
      'Clusters in the catalogue: {0}, known by {1} images. “Use Clusters of Another Folder” takes it for new images.',
      clusters,
      examples,
    ),
  );
}
