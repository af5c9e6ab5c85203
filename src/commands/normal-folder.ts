// Asks whether a sub-folder called good, ok, normal or free holds normal images to compare with (Eq. 6). Asked once a folder.
import { FileType, l10n, Uri, window, workspace, type Memento, type QuickPickItem } from 'vscode';

const likelyName = /^(MT_)?(good|ok|normal|free)$/i;

interface Choice extends QuickPickItem {
  /** Name of the sub-folder; empty for none. */
  folder: string;
}

/** @returns the folder of normal images, `none`, or undefined when the person pressed Escape */
export async function askForNormals(folder: Uri, memory: Memento): Promise<Uri | 'none' | undefined> {
  // A folder that cannot be read is the engine's to report.
  const entries = await workspace.fs.readDirectory(folder).then(
    (found) => found,
    () => [],
  );
  const names = entries.filter(([name, type]) => (type & FileType.Directory) !== 0 && likelyName.test(name));
  if (names.length === 0) return 'none';
  const key = `normalFolder:${folder.toString()}`;
  const remembered = memory.get<string>(key);
  const answer = remembered ?? (await ask(names.map(([name]) => name)));
  if (answer === undefined) return undefined;
  await memory.update(key, answer);
  return answer === '' || !names.some(([name]) => name === answer) ? 'none' : Uri.joinPath(folder, answer);
}

async function ask(names: string[]): Promise<string | undefined> {
  const choices: Choice[] = [
    {
      label: l10n.t('No normal images'),
      description: l10n.t('find what stands out without examples'),
      folder: '',
    },
    ...names.map((name) => ({
      label: name,
      description: l10n.t('compare with these; they are not clustered'),
      folder: name,
    })),
  ];
  const title = l10n.t('Which images show good parts?');
  const choice = await window.showQuickPick(choices, { title, placeHolder: l10n.t('Enter: cluster all images') });
  return choice?.folder;
}
