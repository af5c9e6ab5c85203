// How networks are named, in settings, on the command line and in label files: `id`, `id#stage`, `file.onnx#tensor`.
import { EngineError } from '../api/errors';

/** A network as a person named it. */
export interface ModelName {
  /** Catalogue id or path of an .onnx file. */
  id: string;
  /** Stage of a catalogue model, or tensor of a file. */
  output?: string | undefined;
}

/** Splits at the first `#` behind the file's extension, or else at the first: a path may hold one, a catalogue id cannot. */
export function parseModelName(text: string): ModelName {
  const file = /^(.*?\.onnx)(?:#(.+))?$/i.exec(text);
  if (file) return { id: file[1]!, output: file[2] };
  const at = text.indexOf('#');
  return at < 0 ? { id: text } : { id: text.slice(0, at), output: text.slice(at + 1) };
}

/** A name and an output given apart from it, as one. @throws EngineError `invalid-setting` when both name an output */
export function joinModelName(name: string, output: string | undefined): string {
  if (output === undefined) return name;
  const parsed = parseModelName(name);
  if (parsed.output === undefined) return `${parsed.id}#${output}`;
  throw new EngineError(
    { code: 'invalid-setting' },
    `The output is named twice: "${name}" and "${output}". Name it once.`,
  );
}

/** `id@hash8` or `id#output@hash8`, as the label file keeps it. */
export function formatModelName(id: string, output: string | undefined, hash: string): string {
  return `${output === undefined ? id : `${id}#${output}`}@${hash.slice(0, 8)}`;
}

/** Whether a name is that of a file of the person's own. */
export function isOwnFile(name: string): boolean {
  return parseModelName(name).id.toLowerCase().endsWith('.onnx');
}
