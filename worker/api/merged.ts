// What a merged work folder says of itself, for people and for VS Code. Pure.

/** In the work folder. */
export const mergedFileName = 'merged.json';

/** What was merged last. */
export interface MergedRecord {
  version: 1;
  /** Absolute path on the machine that merged. */
  labelFile: string;
  /** Absolute path of the images there. */
  folder: string;
  /** Distinct images that are grouped. */
  images: number;
  /** Absolute paths; absent where the label file has all images. */
  tables?: { parquet: string; csv: string };
}

/** Undefined where the text is none. */
export function parseMerged(text: string): MergedRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<MergedRecord> | null;
    const isRecord = record?.version === 1 && typeof record.labelFile === 'string';
    return isRecord ? (record as MergedRecord) : undefined;
  } catch {
    return undefined;
  }
}
