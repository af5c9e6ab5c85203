// What went wrong, in the language of VS Code. The engine's client itself knows nothing of either.
import { l10n } from 'vscode';
import { EngineError, type EngineErrorCode } from '../../worker/api/errors';
import { EngineStoppedError } from './request-failures';

/** @returns a sentence for the person */
export function messageOf(error: unknown): string {
  if (error instanceof EngineStoppedError) {
    return l10n.t(
      'The engine stopped unexpectedly ({0}). Finished work is kept; the next run goes on from there.',
      error.reason,
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  // The engine speaks English; in another language its kind comes first, and its words say what it is about.
  const kind = error instanceof EngineError && l10n.bundle !== undefined ? kindOf(error.code) : undefined;
  return kind === undefined ? message : `${kind} (${message})`;
}

/** What went wrong in general, and what to do. */
function kindOf(code: EngineErrorCode): string | undefined {
  switch (code) {
    case 'folder-not-found':
      return l10n.t('The folder is not there, or cannot be read.');
    case 'folder-not-empty':
      return l10n.t('The folder is not empty. Choose a new or an empty one.');
    case 'too-few-images':
      return l10n.t('There are too few images that can be used: two are needed at least.');
    case 'label-file-invalid':
      return l10n.t('The label file cannot be used as it is. Nothing was overwritten.');
    case 'not-writable':
      return l10n.t('A file or folder cannot be written.');
    case 'area-invalid':
      return l10n.t('The area that counts cannot be used as it is.');
    case 'mask-invalid':
      return l10n.t('A mask does not fit its image.');
    case 'model-invalid':
      return l10n.t('The network’s file cannot be used.');
    case 'model-not-found':
      return l10n.t('The network is not known here.');
    case 'download-failed':
    case 'download-refused':
      return l10n.t('The network could not be fetched.');
    case 'device-unavailable':
      return l10n.t('The device cannot run the network.');
    case 'invalid-setting':
      return l10n.t('A setting does not fit.');
    default:
      return undefined;
  }
}
