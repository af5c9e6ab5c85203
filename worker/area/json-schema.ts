// The JSON schema of the area file, from the same definition that reads it: VS Code checks and completes the file with it.
import * as z from 'zod';
import { areaSchema } from './document';

/** Draft 7, which VS Code reads. */
export function areaJsonSchema(): object {
  return {
    title: 'Area that counts',
    description: 'Which part of each image of a folder counts when its images are compared.',
    ...z.toJSONSchema(areaSchema, { target: 'draft-7' }),
  };
}
