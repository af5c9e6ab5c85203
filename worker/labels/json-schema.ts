// The JSON schema of the label file, from the same definition that reads it: VS Code checks and completes the file with it.
import * as z from 'zod';
import { labelDocumentSchema } from './document';

export function labelFileJsonSchema(): object {
  return { title: 'Anomaly clusters', ...z.toJSONSchema(labelDocumentSchema, { target: 'draft-7' }) };
}
