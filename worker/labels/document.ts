// The label file as data: its schema, its types, and how its text is read. Pure; runs in Node and in a browser.
import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import * as z from 'zod';
import { hasRepeatedKeys } from './text/repeated-keys';

// The page's content security policy forbids generated code; elsewhere it is several times as fast.
z.config({ jitless: 'document' in globalThis });

const methodSchema = z
  .looseObject({
    name: z
      .string()
      .optional()
      .describe(
        'How images are described: "blocks", means and deviations of what stands out; absent: the method of the paper.',
      ),
    model: z.string().describe('Network that embedded the patches: id@first 8 digits of its SHA-256.'),
    pages: z.string().optional().describe('"all" where each page of a file is an image of its own: scan.tif#2.'),
    align: z
      .array(z.number().describe('Of one difference between the ends.'))
      .optional()
      .describe(
        'Where parts were turned alike before they were compared: what tells their ends apart (skewness, width, red, green, blue), by which all point the same way.',
      ),
    distance: z
      .string()
      .optional()
      .describe(
        'How two images are compared by the method of the paper: weighted-average (Eq. 1), holistic, or a Hausdorff distance.',
      ),
    weights: z
      .string()
      .describe(
        'Where the patch weights come from: unsupervised (Eq. 5, 7), normal (Eq. 6), uniform, hard or mask; none for other distances.',
      ),
    hardPatches: z.number().optional().describe('Number of patches that hard weights choose.'),
    aggregate: z
      .string()
      .optional()
      .describe('How distances to several images become one, by the method of the paper.'),
    references: z.union([z.number(), z.string()]).describe('Number of reference images, or "all".'),
    normal: z
      .string()
      .optional()
      .describe('Folder of normal images (Eq. 6) as seen from the clustered folder, where a person named one.'),
    area: z
      .string()
      .optional()
      .describe(
        'File that says which part of each image counts, as seen from the clustered folder; absent: all of it.',
      ),
    seed: z.number().describe('Chooses the reference images, and starts clusterers that start at random.'),
    temperature: z
      .union([z.number(), z.string()])
      .optional()
      .describe('Temperature tau of the method of the paper in distance units, or "auto".'),
    regions: z
      .boolean()
      .optional()
      .describe(
        'True where places in the images were grouped: an image has several labels, one for each of its regions.',
      ),
    clusterer: z.string().describe('Clustering method.'),
    clusters: z.union([z.number(), z.string()]).describe('Number of clusters asked for, or "auto".'),
  })
  .meta({ title: 'Method', description: 'How the images were compared and grouped in the last run.' });

const clusterSchema = z
  .looseObject({
    id: z.int().min(1).describe('Number of the cluster. It stays when the folder is clustered again.'),
    name: z.string().describe('What people call this kind of anomaly; empty until somebody names it.'),
    color: z.int().min(0).optional().describe('Index of the colour in the palette.'),
    kept: z
      .boolean()
      .optional()
      .describe(
        'True: a person made it by merging or splitting. Its images stay together when the folder is clustered again.',
      ),
    ok: z
      .boolean()
      .optional()
      .describe('True: the images of this cluster are good. False: they show a defect. Absent: nobody has said.'),
  })
  .meta({ title: 'Cluster', description: 'One kind of anomaly.' });

const regionSchema = z
  .looseObject({
    box: z
      .array(z.int().min(0).describe('Pixels.'))
      .length(4)
      .describe('Left, top, width and height in pixels of the upright image.'),
    cluster: z.int().describe('Id of its cluster.'),
    pinned: z
      .boolean()
      .optional()
      .describe('True keeps the region in this cluster when the folder is clustered again.'),
  })
  .meta({
    title: 'Region',
    description: 'A place in an image where something stands out, and the cluster that it is in.',
  });

const imageSchema = z
  .looseObject({
    path: z.string().min(1).describe('Path of the image below the root folder, with /.'),
    cluster: z.int().describe('Id of its cluster; with regions, that of the first of them.'),
    regions: z
      .array(regionSchema)
      .optional()
      .describe('Where something stands out in it, what does so most first. None where nothing does.'),
    pinned: z.boolean().optional().describe('True keeps the image in this cluster when the folder is clustered again.'),
  })
  .meta({ title: 'Image', description: 'One image and the cluster that it is in.' });

/** Unknown keys are kept at every level. */
export const labelDocumentSchema = z.looseObject({
  version: z.literal(1).describe('Version of this format.'),
  root: z.string().describe('The clustered folder as seen from this file.'),
  method: methodSchema,
  clusters: z.array(clusterSchema).describe('The clusters, one a line. Give them names here.'),
  images: z.array(imageSchema).describe('One line an image, sorted by path.'),
});

export type LabelDocument = z.infer<typeof labelDocumentSchema>;
export type LabelMethod = LabelDocument['method'];
export type LabelCluster = LabelDocument['clusters'][number];
export type LabelImage = LabelDocument['images'][number];
export type LabelRegion = NonNullable<LabelImage['regions']>[number];

/** A label file that cannot be read. The message is a sentence that says what to mend. */
export class LabelFileError extends Error {
  override readonly name = 'LabelFileError';
  constructor(
    message: string,
    /** From 1. */
    readonly line: number,
    /** From 1. */
    readonly column: number,
  ) {
    super(message);
  }
}

/**
 * Keys keep the order of the text, unknown ones included.
 * @throws LabelFileError with the place of the first mistake
 */
export function parseLabels(text: string): LabelDocument {
  // The place of a mistake takes a syntax tree, which takes many times as long.
  return documentIn(text) ?? parseLabelTree(text).document;
}

/** Undefined where there is a mistake, or perhaps one. */
function documentIn(text: string): LabelDocument | undefined {
  try {
    const value: unknown = JSON.parse(withoutMark(text));
    if (!labelDocumentSchema.safeParse(value).success || hasRepeatedKeys(text, value)) return undefined;
    const document = value as LabelDocument;
    checkReferences(document, () => {
      throw new SyntaxError();
    });
    return document;
  } catch (error) {
    // What is nested too deeply exhausts the stack.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * The document together with the syntax tree that it was read from, whose offsets count in `text`.
 * @throws LabelFileError with the place of the first mistake
 */
export function parseLabelTree(text: string): { document: LabelDocument; tree: Node } {
  const tree = parseJson(text);
  const fail = (path: readonly PropertyKey[], message: string): never => {
    throw errorAt(text, nodeAt(tree, path)?.offset ?? 0, message);
  };
  const version = findNodeAtLocation(tree, ['version'])?.value as unknown;
  if (typeof version === 'number' && version > 1) {
    fail(
      ['version'],
      `The label file has version ${version}, which is newer than this extension. Update the extension.`,
    );
  }
  const value: unknown = JSON.parse(withoutMark(text));
  const parsed = labelDocumentSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const name = issue.path.join('.');
    const isMissing = findNodeAtLocation(tree, issue.path as (string | number)[]) === undefined;
    const what = isMissing ? 'it is missing' : issue.message;
    return fail(issue.path, `The label file is not valid${name ? ` at ${name}` : ''}: ${what}.`);
  }
  checkRepeatedKeys(text, tree);
  // The value itself and not zod's copy, which moves unknown keys (such as $schema) behind the known ones.
  const document = value as LabelDocument;
  checkReferences(document, fail);
  return { document, tree };
}

/** Merges made by hand leave such keys behind. Readers take one of the two, so an edit of the other would be lost. */
function checkRepeatedKeys(text: string, tree: Node): void {
  const pending = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'object') {
      const keys = new Set<unknown>();
      for (const property of node.children ?? []) {
        const key: unknown = property.children?.[0]?.value;
        if (keys.has(key)) {
          throw errorAt(text, property.offset, `The key ${JSON.stringify(key)} is there twice. Remove one of them.`);
        }
        keys.add(key);
      }
    }
    for (const child of node.children ?? []) pending.push(child);
  }
}

function checkReferences(
  { clusters, images }: LabelDocument,
  fail: (path: PropertyKey[], message: string) => never,
): void {
  const ids = new Set<number>();
  for (const [i, { id }] of clusters.entries()) {
    if (ids.has(id)) fail(['clusters', i, 'id'], `There are two clusters with the id ${id}. Give one another id.`);
    ids.add(id);
  }
  const paths = new Set<string>();
  for (const [i, { path, cluster, regions = [] }] of images.entries()) {
    if (paths.has(path)) fail(['images', i, 'path'], `The image ${path} is there twice. Remove one line.`);
    if (!ids.has(cluster)) {
      fail(
        ['images', i, 'cluster'],
        `The image ${path} is in cluster ${cluster}, which is not in the list of clusters.`,
      );
    }
    paths.add(path);
    const boxes = new Set<string>();
    for (const [j, region] of regions.entries()) {
      const [box, at] = [region.box.join(), ['images', i, 'regions', j]];
      if (boxes.has(box)) fail([...at, 'box'], `The image ${path} has the region ${box} twice. Remove one.`);
      if (!ids.has(region.cluster)) {
        const message = `A region of ${path} is in cluster ${region.cluster}, which is not in the list of clusters.`;
        fail([...at, 'cluster'], message);
      }
      boxes.add(box);
    }
  }
}

/** The syntax tree of the text. Comments and trailing commas are mistakes here: other tools read this file, too. */
export function parseJson(text: string): Node {
  // Lines as git has them: in JavaScript's, a name with U+2028 in it would be two.
  const conflict = /(?<=^|[\r\n])\uFEFF?(<{7}|={7}|>{7})/.exec(text);
  if (conflict) {
    throw errorAt(
      text,
      conflict.index,
      'The label file holds an unfinished git merge. Open it in the gallery to take one version or both, or resolve the conflict and save it.',
    );
  }
  const errors: ParseError[] = [];
  const tree = parseTreeSafely(text, errors);
  const [error] = errors;
  if (error || tree === undefined) {
    const what = error ? printParseErrorCode(error.error) : 'the file is empty';
    throw errorAt(text, error?.offset ?? 0, standsFor(text) ?? `The label file is not valid JSON (${inWords(what)}).`);
  }
  return tree;
}

/** What git leaves in the place of a file that it did not bring. */
function standsFor(text: string): string | undefined {
  if (text.startsWith('version https://git-lfs'))
    return 'The label file is a Git LFS pointer, not the file itself. Fetch it with "git lfs pull".';
  // Windows, and drives without links.
  const link = /^[^\s{["][^\r\n]*\.json\s*$/.exec(text)?.[0].trim();
  return (
    link &&
    `The label file is a link to ${link} that was checked out as text. Check it out again with "git config core.symlinks true", or use that file.`
  );
}

function parseTreeSafely(text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(blankMark(text), errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    // The parser calls itself for every bracket, so thousands of open ones exhaust the stack.
    if (error instanceof RangeError)
      throw errorAt(text, placeOfDepth(text), 'The label file is nested too deeply. Restore it from git.');
    throw error;
  }
}

/** No label file that was made by a program is nested so deeply. */
const suspiciousDepth = 100;

/** Offset of the bracket that is the first one too many. */
function placeOfDepth(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > suspiciousDepth) return index;
  }
  return 0;
}

/** "CommaExpected" → "comma expected" */
function inWords(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** The node at a path, or the nearest one around it: a key that is missing has no node of its own. */
function nodeAt(tree: Node, path: readonly PropertyKey[]): Node | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length) as (string | number)[]);
    if (node) return node;
  }
  return undefined;
}

/** An error at a place of the text. @param offset in UTF-16 units from its start; line and column of the error count from 1 */
export function errorAt(text: string, offset: number, message: string): LabelFileError {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return new LabelFileError(message, before.split('\n').length, offset - lineStart + 1);
}

const byteOrderMark = '\uFEFF';

function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

/** Keeps the offsets. */
function blankMark(text: string): string {
  return text.startsWith(byteOrderMark) ? ` ${text.slice(1)}` : text;
}
