// Keys: what of a key press decides, and whether it is meant for a field.

/** What of a keyboard event decides what it does. */
export interface KeyStroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Whether Ctrl is held, or Cmd as Macs have it. */
export function isControl({ ctrlKey, metaKey }: Pick<KeyStroke, 'ctrlKey' | 'metaKey'>): boolean {
  return ctrlKey || metaKey;
}

/** Whether a key belongs to a field that has the focus: text, a list of choices, a slider. */
export function isTyping({ target }: Event): boolean {
  return target instanceof Element && target.closest('input, select, vscode-text-field') !== null;
}
