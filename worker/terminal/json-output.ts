// What `--json` prints: one object, whose shape has a version and a JSON schema. What is prose for people is not meant to be parsed.
import * as z from 'zod';

/** Goes up when a program that reads the output would have to change. Fields may be added without. */
export const jsonVersion = 1;

const path = z.string().describe('Relative to the folder, with "/".');
const failure = z.object({ path, reason: z.string().describe('A sentence without the path.') });

const cluster = z.object({
  id: z.number().int(),
  name: z.string().describe('Empty until a person gives one.'),
  images: z.number().int(),
  medoid: path.describe('Its most typical image.'),
});

const image = z.object({
  path,
  cluster: z.number().int().describe('Id of its cluster.'),
  name: z.string().describe('Name of its cluster; empty until a person gives one.'),
  pinned: z.boolean().describe('Whether a person decided on it.'),
  score: z.number().nullable().describe('Anomaly score: the largest of its patches.'),
  truth: z.string().nullable().describe('Class by the folder, where the layout gives one.'),
});

const changes = z.object({
  added: z.array(path),
  moved: z.array(path),
  renamed: z.array(z.object({ from: path, to: path })),
  lost: z.array(z.object({ id: z.number().int(), name: z.string() })),
  missing: z.array(path),
  leftOut: z.array(path),
});

/** Of `cluster --json`. */
export const clusterOutputSchema = z.object({
  version: z.literal(jsonVersion),
  labelFile: z.string().describe('Absolute path of the label file that was written.'),
  report: z.string().optional().describe('Absolute path of the report, where one was asked for.'),
  images: z.number().int().describe('Images that were clustered.'),
  clusters: z.array(cluster),
  results: z.array(image).describe('Every image of the label file, in its order.'),
  failures: z.array(failure).describe('Images that could not be used.'),
  changes: changes.optional().describe('What is different from the label file that was there before.'),
  unlike: z.array(path).optional(),
  unusedSettings: z.array(z.string()),
  temperature: z.number(),
  seconds: z.number(),
  notes: z.array(z.object({ label: z.string(), value: z.string() })).describe('For people: may change at any time.'),
});

export type ClusterOutput = z.infer<typeof clusterOutputSchema>;

/** Draft 7, as that of the label file. */
export function clusterOutputJsonSchema(): object {
  return {
    title: 'Output of anomaly-clustering cluster --json',
    ...z.toJSONSchema(clusterOutputSchema, { target: 'draft-7' }),
  };
}

/** Prints one object as JSON, with the version of its shape. */
export function printJson(value: object): void {
  console.log(JSON.stringify({ version: jsonVersion, ...value }, null, 2));
}
