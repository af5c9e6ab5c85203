// The JSON schema of the label file, from the same definition that reads it: VS Code checks and completes the file with it.
import * as z from 'zod';
import { labelDocumentSchema } from './document';

/** Draft 7, which VS Code reads; titles and descriptions are what it shows in hovers and completion. */
export function labelFileJsonSchema(): object {
  return {
    title: 'Anomaly clusters',
    description: 'Images of a folder, grouped by the kind of anomaly that they show.',
    ...z.toJSONSchema(labelDocumentSchema, { target: 'draft-7' }),
  };
}
