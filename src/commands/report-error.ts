// Tells a person about an error, with the way out as a button.
import { l10n, Uri, window, type LogOutputChannel } from 'vscode';
import { EngineError } from '../../worker/api';
import { EngineStoppedError, isCancelled } from '../engine/errors';
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
  const missing = error instanceof EngineError && error.code === 'model-not-installed' ? error.file : undefined;
  const buttons = [
    ...(retries && missing !== undefined ? [getNetwork] : []),
    ...(retries && error instanceof EngineStoppedError ? [retry] : []),
    ...(error instanceof EngineError && error.code === 'label-file-invalid' ? [openFile] : []),
    showLog,
  ];
  const choice = await window.showErrorMessage(message, ...buttons);
  if (choice === showLog) log.show();
  if (choice === openFile && error instanceof EngineError && error.file !== undefined) await openAt(error);
  if (choice === getNetwork && retries && missing !== undefined) return retries.getNetwork(missing);
  return choice === retry;
}

/** The engine's client knows nothing of VS Code, nor of its language. */
export function messageOf(error: unknown): string {
  if (error instanceof EngineStoppedError) {
    return l10n.t(
      'The engine stopped unexpectedly ({0}). Finished work is kept; the next run goes on from there.',
      error.reason,
    );
  }
  return error instanceof Error ? error.message : String(error);
}

/** Messages about label files read "path:line:column: …". */
async function openAt({ file, message }: EngineError): Promise<void> {
  const place = /:(\d+):(\d+): /.exec(message);
  await openAsText(Uri.file(file!), { line: Number(place?.[1] ?? 1), column: Number(place?.[2] ?? 1) });
}
