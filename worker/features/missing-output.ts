// A network has no output to take patches from, or not the one that was named: says which tensors could be taken.
import { readFile } from 'node:fs/promises';
import { EngineError } from '../api/errors';
import type { Model } from './model';
import { describeCandidates, findCandidates } from './patch-tensors';
import { decodeOnnx } from '../onnx/file';
import { imageInputOf } from '../onnx/image-input';

/** @returns the error to throw */
export async function explainMissingOutput({ file, input, output }: Model): Promise<EngineError> {
  const model = decodeOnnx(await readFile(file), file);
  const candidates = await findCandidates(model, imageInputOf(model.graph, file), input);
  const names = model.graph.output.map(({ name }) => name).join(', ');
  const what =
    output === undefined
      ? `${file} has no output of the shape (batch, D, rows, columns) or (batch, tokens, D) to take patches from; it has: ${names}.`
      : `${file} has no tensor "${output}".`;
  return new EngineError({ code: 'model-invalid', file }, what + describeCandidates(candidates, file));
}
