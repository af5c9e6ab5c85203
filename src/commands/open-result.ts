// "Open Result": the gallery of what several machines found, by the work folder that they shared.
import { basename } from 'node:path/posix';
import { env, l10n, Uri, window, workspace } from 'vscode';
import { mergedFileName, parseMerged, type MergedRecord } from '../../worker/api/merged';
import type { GalleryProvider } from '../gallery/gallery-provider';
import type { LabelFiles } from '../labels/label-files';
import { readText } from '../labels/read-label-file';

/** @param target the work folder, from the Explorer; asked for where there is none */
export async function openResult(target: Uri | undefined, files: LabelFiles, gallery: GalleryProvider): Promise<void> {
  const work = target ?? (await chooseWorkFolder());
  if (!work) return;
  const record = parseMerged((await readText(Uri.joinPath(work, mergedFileName)).catch(() => undefined)) ?? '');
  const labelFile = record && (await labelFileIn(work, record));
  if (!record || !labelFile) {
    void window.showErrorMessage(
      record
        ? l10n.t(
            'The label file of this result, {0}, is not on this machine. Copy it into {1}.',
            record.labelFile,
            work.fsPath,
          )
        : l10n.t(
            'There is no result in {0} yet. Choose the folder that was named by --work, once "anomaly-clustering merge" has run.',
            work.fsPath,
          ),
    );
    return;
  }
  files.add(labelFile);
  await gallery.open(labelFile);
  if (record.tables) await tellOfTables(work, record);
}

/** Where the machine that merged has it; or in the work folder, which may be elsewhere on this machine. */
async function labelFileIn(work: Uri, { labelFile }: MergedRecord): Promise<Uri | undefined> {
  const name = basename(labelFile.replaceAll('\\', '/'));
  for (const candidate of [Uri.joinPath(work, name), Uri.file(labelFile)]) {
    const isThere = await workspace.fs.stat(candidate).then(
      () => true,
      () => false,
    );
    if (isThere && name.endsWith('.json')) return candidate;
  }
  return undefined;
}

/** The gallery shows chosen images: what is decided there comes to all by a command. */
async function tellOfTables(work: Uri, { images }: MergedRecord): Promise<void> {
  const copy = l10n.t('Copy the Command');
  const message = l10n.t(
    'The gallery shows some of {0} images: typical ones, and those between two clusters. Name, merge and move them; then "anomaly-clustering assign --work" brings that to all.',
    images,
  );
  if ((await window.showInformationMessage(message, copy)) === copy)
    await env.clipboard.writeText(`anomaly-clustering assign --work ${JSON.stringify(work.fsPath)}`);
}

async function chooseWorkFolder(): Promise<Uri | undefined> {
  const first = workspace.workspaceFolders?.[0]?.uri;
  const [chosen] =
    (await window.showOpenDialog({
      title: l10n.t('Choose the work folder of the machines'),
      openLabel: l10n.t('Open Result'),
      canSelectFiles: false,
      canSelectFolders: true,
      ...(first ? { defaultUri: first } : {}),
    })) ?? [];
  return chosen;
}
