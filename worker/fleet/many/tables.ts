// The table of all images, as Parquet and as CSV: path, cluster, how well it lies there.
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import { writeAtomically } from '../../store/atomic-write';
import { writeLines } from '../json-lines';

/** A line of the table. */
export interface TableRow {
  /** Relative to the folder of the images, with `/`. */
  path: string;
  /** Id of its cluster in the label file. */
  cluster: number;
  name: string;
  /** How much the patch stands out that does so most. */
  score: number;
  /** See `simplifiedSilhouette`: below .1 or so, an image between two clusters. */
  silhouette: number;
  /** The label file has a line for it. */
  listed: boolean;
  /** A person decided that it belongs there. */
  decided: boolean;
}

const columns = [
  { name: 'path', type: 'STRING' },
  { name: 'cluster', type: 'INT32' },
  { name: 'name', type: 'STRING' },
  { name: 'score', type: 'FLOAT' },
  { name: 'silhouette', type: 'FLOAT' },
  { name: 'listed', type: 'BOOLEAN' },
  { name: 'decided', type: 'BOOLEAN' },
] as const;

/** Rows that are in memory at one time. */
const groupSize = 50_000;
/** Lines that are made into text at one time. */
const linesAtOnce = 1000;

/** @returns absolute paths @throws EngineError `not-writable` */
export async function writeTables(
  work: string,
  rows: () => AsyncIterable<TableRow>,
): Promise<{ parquet: string; csv: string }> {
  const [parquet, csv] = [join(work, 'images.parquet'), join(work, 'images.csv')];
  await writeParquet(parquet, rows());
  await writeLines(csv, csvOf(rows()));
  return { parquet, csv };
}

function writeParquet(file: string, rows: AsyncIterable<TableRow>): Promise<void> {
  return writeAtomically(file, (temporary) =>
    parquetWriteRows({
      writer: fileWriter(temporary),
      rows: rows as AsyncIterable<Record<string, unknown>>,
      columns: columns.map((column) => ({ ...column, nullable: false })),
      rowGroupSize: groupSize,
    }),
  );
}

/** As spreadsheets and data frames read it. */
async function* csvOf(rows: AsyncIterable<TableRow>): AsyncGenerator<string> {
  const names = columns.map(({ name }) => name);
  yield names.join(',');
  const options = {
    columns: names,
    cast: { boolean: String, number: (value: number) => String(Number(value.toPrecision(6))) },
  };
  let batch: TableRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < linesAtOnce) continue;
    yield stringify(batch, options).trimEnd();
    batch = [];
  }
  if (batch.length > 0) yield stringify(batch, options).trimEnd();
}
