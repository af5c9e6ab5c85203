// Opens a label file as text, to mend it.
import { commands, Position, Range, type Uri } from 'vscode';

/** Line and column from 1; without them the cursor stays where it was. */
export async function openAsText(uri: Uri, place?: { line: number; column: number }): Promise<void> {
  const position = place && new Position(place.line - 1, place.column - 1);
  const options = position ? { selection: new Range(position, position) } : {};
  await commands.executeCommand('vscode.openWith', uri, 'default', options);
}
