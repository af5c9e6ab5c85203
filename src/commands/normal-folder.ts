// Asks what images are compared with (Eq. 6): once a folder whether a sub-folder called good, ok, normal or free holds the normal ones, and any
// folder, or each other, whenever a person wants to change it.
import { FileType, l10n, Uri, window, workspace, type Memento, type QuickPickItem } from 'vscode';
import type { LabelMethod } from '../../worker/labels/view';

const likelyName = /^(MT_)?(good|ok|normal|free)$/i;

interface Choice extends QuickPickItem {
  /** Name of the sub-folder; empty for none. */
  folder: string;
}

/** @returns the folder of normal images, `none`, or undefined when the person pressed Escape */
export async function askForNormals(folder: Uri, memory: Memento): Promise<Uri | 'none' | undefined> {
  const names = await likelyFolders(folder);
  if (names.length === 0) return 'none';
  const key = `normalFolder:${folder.toString()}`;
  const remembered = memory.get<string>(key);
  const answer = remembered ?? (await ask(names));
  if (answer === undefined) return undefined;
  await memory.update(key, answer);
  return answer === '' || !names.includes(answer) ? 'none' : Uri.joinPath(folder, answer);
}

/** Names of sub-folders that are called as people call good parts. */
async function likelyFolders(folder: Uri): Promise<string[]> {
  // A folder that cannot be read is the engine's to report.
  const entries = await workspace.fs.readDirectory(folder).then(
    (found) => found,
    () => [],
  );
  return entries
    .filter(([name, type]) => (type & FileType.Directory) !== 0 && likelyName.test(name))
    .map(([name]) => name);
}

/**
 * Asks what a folder's images are to be compared with from now on: each other, a sub-folder of good ones, or any folder.
 * @param method of the label file: what they are compared with now
 * @returns undefined after Escape, and where the same was chosen again
 */
export async function chooseNormals(
  folder: Uri,
  { weights, normal }: Pick<LabelMethod, 'weights' | 'normal'>,
): Promise<Uri | 'each other' | undefined> {
  const isNow = l10n.t('as it is now');
  const usesNormals = weights === 'normal';
  const choices: (QuickPickItem & { choose: () => Promise<Uri | 'each other' | undefined> })[] = [
    {
      label: l10n.t('With each other'),
      description: usesNormals ? '' : isNow,
      detail: l10n.t('Needs no examples: what few images have stands out.'),
      choose: () => Promise.resolve(usesNormals ? 'each other' : undefined),
    },
    ...(await likelyFolders(folder)).map((name) => ({
      label: l10n.t('With the normal images in {0}', name),
      description: usesNormals && normal === name ? isNow : '',
      detail: l10n.t('They are not clustered themselves.'),
      choose: () => Promise.resolve(usesNormals && normal === name ? undefined : Uri.joinPath(folder, name)),
    })),
    {
      label: l10n.t('With normal images of another folder …'),
      description: usesNormals && normal !== undefined ? l10n.t('now: {0}', normal) : '',
      detail: l10n.t('A folder of photos of good parts, taken in the same way. Even a few help.'),
      choose: async () => {
        const [chosen] =
          (await window.showOpenDialog({
            canSelectFiles: false,
            canSelectFolders: true,
            defaultUri: Uri.joinPath(folder, '..'),
            openLabel: l10n.t('Compare with These'),
            title: l10n.t('Folder of Normal Images'),
          })) ?? [];
        return chosen;
      },
    },
  ];
  const title = l10n.t('What are the images compared with?');
  const choice = await window.showQuickPick(choices, { title });
  return choice?.choose();
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
