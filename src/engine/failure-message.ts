// What went wrong, in the language of VS Code. The engine's client itself knows nothing of either.
import { l10n } from 'vscode';
import { EngineStoppedError } from './request-failures';

/** @returns a sentence for the person */
export function messageOf(error: unknown): string {
  if (error instanceof EngineStoppedError) {
    return l10n.t(
      'The engine stopped unexpectedly ({0}). Finished work is kept; the next run goes on from there.',
      error.reason,
    );
  }
  return error instanceof Error ? error.message : String(error);
}
