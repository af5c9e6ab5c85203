// What is known of images beyond their pixels: a table that lies beside them (time, line, lot, anything), and the days of their files.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Metadata } from '../api/analysis';
import { EngineError } from '../api/errors';
import type { Note } from '../api/requests';

/** Looked for in a clustered folder. */
export const metadataName = 'metadata.csv';
/** What a column with paths is called. */
const pathColumn = /^(path|file|file[ _]?name|image|name)$/i;
/** Files whose dates are looked at: more take long. */
const mostDates = 20_000;
const filesAtOnce = 32;

/** A table as it was read: values by path. */
export interface MetadataTable {
  columns: string[];
  rows: ReadonlyMap<string, readonly string[]>;
}

/** What lies beside the images: a table, or why the one that is there could not be used. */
export interface ReadMetadata {
  table?: MetadataTable;
  problem?: string;
}

/**
 * @param named a file of the person's own; otherwise `metadata.csv` in the folder, where it is there
 * @throws EngineError `invalid-setting` where the named file cannot be read, or no column has paths
 */
export async function readMetadata(folder: string, named?: string): Promise<ReadMetadata> {
  const file = named ?? join(folder, metadataName);
  const refuse = (why: string, cause?: unknown): ReadMetadata => {
    if (named === undefined) return { problem: `${metadataName} ${why}` };
    throw new EngineError({ code: 'invalid-setting' }, `The table ${file} ${why}`, { cause });
  };
  let records: string[][];
  try {
    const text = await readFile(file, 'utf8');
    // Spreadsheets of many countries write semicolons.
    const delimiter = /^[^\n]*;/.test(text) && !/^[^\n]*,/.test(text) ? ';' : ',';
    records = parse(text, { bom: true, delimiter, skip_empty_lines: true, relax_column_count: true, trim: true });
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    return refuse(`cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const [header = [], ...lines] = records;
  const at = header.findIndex((name) => pathColumn.test(name));
  if (at < 0)
    return refuse('has no column called path (or file, filename, image), which says what each line is about.');
  const others = [...header.keys()].filter((i) => i !== at && header[i] !== '');
  const columns = others.map((i) => header[i]!);
  const rows = new Map(lines.map((line) => [normal(line[at] ?? ''), others.map((i) => line[i] ?? '')]));
  return { table: { columns, rows } };
}

/** What a run says of it. */
export function metadataNote({ table, problem }: ReadMetadata): Note[] {
  if (problem !== undefined) return [{ label: 'Table', value: `not used: ${problem}` }];
  return table ? [{ label: 'Table', value: `${table.rows.size} lines with ${table.columns.join(', ')}` }] : [];
}

/** The table's values for images, in their order; a line names an image by its path or, where that is clear, by its file's name. */
export function metadataOf(table: MetadataTable | undefined, paths: readonly string[]): Metadata | undefined {
  if (!table || table.columns.length === 0) return undefined;
  const names = new Map<string, number>();
  for (const path of paths) names.set(baseOf(path), (names.get(baseOf(path)) ?? 0) + 1);
  const values = paths.map((path) => {
    const own = table.rows.get(path) ?? (names.get(baseOf(path)) === 1 ? table.rows.get(baseOf(path)) : undefined);
    return table.columns.map((_, i) => own?.[i] ?? '');
  });
  return values.every((row) => row.every((value) => value === '')) ? undefined : { columns: table.columns, values };
}

/** The local days on which files were last changed; undefined where there are many files, or all are of one day. */
export async function daysOf(folder: string, paths: readonly string[]): Promise<string[] | undefined> {
  if (paths.length > mostDates) return undefined;
  const days: string[] = [];
  for (let from = 0; from < paths.length; from += filesAtOnce) {
    const part = paths.slice(from, from + filesAtOnce);
    days.push(...(await Promise.all(part.map((path) => dayOf(join(folder, path))))));
  }
  return new Set(days).size > 1 ? days : undefined;
}

async function dayOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (!found) return '';
  const { mtime } = found;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${mtime.getFullYear()}-${two(mtime.getMonth() + 1)}-${two(mtime.getDate())}`;
}

/** As label files write paths. */
function normal(path: string): string {
  return path.replaceAll('\\', '/').replace(/^\.\//, '');
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
