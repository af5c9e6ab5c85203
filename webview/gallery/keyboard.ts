// What the gallery's keys mean. Pure: from a key press to what it asks for; the gallery does it.
import { isControl, type KeyStroke } from '../kit/keys';
import type { EditorCommand } from '../source/protocol';

/** What a key of the gallery asks for. `moveTo`: the cluster at this place of the list, from 0. */
export type GalleryAction =
  | { kind: 'leave' }
  | { kind: 'search' }
  | { kind: 'toggleHeatMaps' }
  | { kind: 'help' }
  | { kind: 'findSimilar' }
  | { kind: 'moveToNew' }
  | { kind: 'togglePin' }
  | { kind: 'moveTo'; place: number };

/** What the meaning of a key depends on. */
export interface KeyContext {
  hasSelection: boolean;
  /** Whether labels can be changed. */
  isEditable: boolean;
  clusters: number;
}

/**
 * Escape leaves, Ctrl+F (or Cmd+F) searches, H shows or hides heat maps, ? shows all keys; with images selected S finds similar ones, and
 * where labels can be changed N moves them to a new cluster, P pins them, 1 to 9 move them to a cluster.
 * @returns undefined for a key that means nothing here
 */
export function galleryAction(
  stroke: KeyStroke,
  { hasSelection, isEditable, clusters }: KeyContext,
): GalleryAction | undefined {
  if (stroke.key === 'Escape') return { kind: 'leave' };
  if (isControl(stroke)) return stroke.key === 'f' ? { kind: 'search' } : undefined;
  if (stroke.altKey) return undefined;
  const key = stroke.key.toLowerCase();
  if (key === '?') return { kind: 'help' };
  if (key === 'h') return { kind: 'toggleHeatMaps' };
  if (!hasSelection) return undefined;
  if (key === 's') return { kind: 'findSimilar' };
  if (!isEditable) return undefined;
  if (key === 'n') return { kind: 'moveToNew' };
  if (key === 'p') return { kind: 'togglePin' };
  const place = /^[1-9]$/.test(key) ? Number(key) - 1 : clusters;
  return place < clusters ? { kind: 'moveTo', place } : undefined;
}

/** Undo, redo and save, as their keys are on all platforms. */
export function editorCommandOf(stroke: KeyStroke): EditorCommand | undefined {
  if (!isControl(stroke)) return undefined;
  switch (stroke.key.toLowerCase()) {
    case 'z':
      return stroke.shiftKey ? 'redo' : 'undo';
    case 'y':
      return 'redo';
    case 's':
      return stroke.shiftKey ? undefined : 'save';
    default:
      return undefined;
  }
}
