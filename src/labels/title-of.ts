// What a cluster is called wherever VS Code shows it.
import { l10n } from 'vscode';
import type { LabelCluster } from '../../worker/labels/view';

/** As in the gallery: one without a name reads as something to do. */
export function titleOf({ id, name }: Pick<LabelCluster, 'id' | 'name'>): string {
  return name.trim() === '' ? l10n.t('unnamed {0}', id) : name;
}
