// "Use Clusters of Another Folder…": last week's clusters, or a catalogue, on this week's images.
import { l10n, window } from 'vscode';
import { EngineError } from '../../worker/api/errors';
import { baseName, labelFileOf } from '../labels/label-location';
import { readText, toLabelFile } from '../labels/read-label-file';
import { chooseFolder } from './choose-folder';
import type { ClusterCommand } from './cluster-folder';

/** Asks for the folder of new images, and for the label file or catalogue whose clusters they get. @returns whether it was done; false after Escape */
export async function useClustersOf(cluster: ClusterCommand): Promise<boolean> {
  const folder = await chooseFolder();
  if (!folder) return false;
  const labelFile = labelFileOf(folder);
  if ((await readText(labelFile)) !== undefined) {
    const message = l10n.t('{0} has clusters already. Assign New Images gives new images to them.', baseName(folder));
    throw new EngineError({ code: 'label-file-invalid', file: labelFile.fsPath }, message);
  }
  const chosen = await window.showOpenDialog({
    title: l10n.t('Label file or catalogue whose clusters the images of {0} get', baseName(folder)),
    openLabel: l10n.t('Use Clusters'),
    filters: { [l10n.t('Label files and catalogues')]: ['json'] },
  });
  const [other] = chosen ?? [];
  if (!other) return false;
  const labels = (await readText(other)) ?? '';
  const { isCatalogue } = await import('../../worker/learning/catalogue');
  if (isCatalogue(labels)) return cluster.assignFrom(folder, labelFile, { file: other.fsPath, catalogue: labels });
  const read = await toLabelFile(other, labels);
  if (read.kind === 'invalid')
    throw new EngineError({ code: 'label-file-invalid', file: other.fsPath }, `${baseName(other)}: ${read.message}`);
  return cluster.assignFrom(folder, labelFile, { folder: read.folder.fsPath, labelFile: other.fsPath, labels });
}
