// What the keys of a review mean. Pure: from a key press to what it asks for; the review does it.
import { isControl, type KeyStroke } from '../kit/keys';

/** `moveTo`: the cluster at this place of the list, from 0. */
export type ReviewAction =
  | { kind: 'keep' }
  | { kind: 'second' }
  | { kind: 'moveTo'; place: number }
  | { kind: 'moveToNew' }
  | { kind: 'rename' }
  | { kind: 'skip' }
  | { kind: 'undo' }
  | { kind: 'toggleHeatMap' };

const byKey: Readonly<Record<string, Exclude<ReviewAction, { kind: 'moveTo' }>>> = {
  Enter: { kind: 'keep' },
  ' ': { kind: 'second' },
  n: { kind: 'moveToNew' },
  r: { kind: 'rename' },
  s: { kind: 'skip' },
  ArrowRight: { kind: 'skip' },
  u: { kind: 'undo' },
  h: { kind: 'toggleHeatMap' },
};

/** @param clusters that there are. @returns undefined for a key that means nothing here */
export function reviewAction(stroke: KeyStroke, clusters: number): ReviewAction | undefined {
  const key = stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key;
  // Ctrl+Z is the editor's.
  if (isControl(stroke) || stroke.altKey) return undefined;
  if (/^[1-9]$/.test(key)) return Number(key) <= clusters ? { kind: 'moveTo', place: Number(key) - 1 } : undefined;
  return byKey[key];
}
