// A download one level up, such as all categories of MVTec AD: asks which of its datasets is meant before hours of work on a mixture.
import { l10n, Uri, window, type QuickPickItem } from 'vscode';
import type { EngineClient } from '../engine/engine-client';
import { baseName, labelFileOf } from '../labels/label-location';
import { readText } from '../labels/read-label-file';

interface Choice extends QuickPickItem {
  folder: Uri;
}

/** @returns the folder itself where it is one dataset or has labels, or undefined when the person pressed Escape */
export async function chooseAmongDatasets(folder: Uri, engine: EngineClient): Promise<Uri | undefined> {
  if ((await readText(labelFileOf(folder))) !== undefined) return folder;
  const datasets = await engine.request('datasets', { folder: folder.fsPath });
  if (datasets.length === 0) return folder;
  const choices: Choice[] = [
    ...datasets.map((name) => ({ label: name, folder: Uri.joinPath(folder, name) })),
    {
      label: l10n.t('All images together'),
      description: l10n.t('as one dataset'),
      folder,
    },
  ];
  const title = l10n.t('{0} holds {1} datasets. Which one?', baseName(folder), datasets.length);
  return (await window.showQuickPick(choices, { title }))?.folder;
}
