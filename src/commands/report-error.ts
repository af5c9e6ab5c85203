// Tells a person about an error, with the way out as a button.
import { l10n, Uri, window, type LogOutputChannel } from 'vscode';
import { EngineError } from '../../worker/api/errors';
import { messageOf } from '../engine/failure-message';
import { EngineStoppedError, isCancelled } from '../engine/request-failures';
import { openAsText } from '../labels/open-as-text';

/**
 * @param retries whether the caller can try again, and how a network that is missing can be had first
 * @returns true when the person wants to try again
 */
export async function reportError(
  error: unknown,
  log: LogOutputChannel,
  retries?: { getNetwork: (name: string) => Promise<boolean> },
): Promise<boolean> {
  if (isCancelled(error)) return false;
  const message = messageOf(error);
  log.error(error instanceof EngineError ? message : ((error as Error).stack ?? message));
  const retry = l10n.t('Retry');
  const openFile = l10n.t('Open File');
  const showLog = l10n.t('Show Log');
  const getNetwork = l10n.t('Get It');
  const missing =
    error instanceof EngineError && error.detail.code === 'model-not-installed' ? error.detail.network : undefined;
  const labelFile =
    error instanceof EngineError && error.detail.code === 'label-file-invalid' ? error.detail : undefined;
  const buttons = [
    ...(retries && missing !== undefined ? [getNetwork] : []),
    ...(retries && error instanceof EngineStoppedError ? [retry] : []),
    ...(labelFile ? [openFile] : []),
    showLog,
  ];
  const choice = await window.showErrorMessage(message, ...buttons);
  if (choice === showLog) log.show();
  if (choice === openFile && labelFile)
    await openAsText(Uri.file(labelFile.file), labelFile.place ?? { line: 1, column: 1 });
  if (choice === getNetwork && retries && missing !== undefined) return retries.getNetwork(missing);
  return choice === retry;
}
