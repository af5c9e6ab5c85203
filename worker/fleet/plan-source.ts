// What `plan` is given: a folder of images or of tar files, one tar file, or a list of either.
import { open, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ClusterRequest } from '../api/requests';
import { requireSetting } from '../base/require-setting';
import { isTarFile } from '../images/folder-names';
import { readManifest } from '../images/manifest';
import { filesBelow, isImage } from '../images/scan';
import { isTarName, packedReason, packerOf } from '../images/tar/read-headers';

/** Where the images of a plan are. Paths are absolute, but for those of `tars`. */
export interface PlanSource extends Pick<ClusterRequest, 'folder' | 'list'> {
  /** Images are in tar files: in these of the folder, or in all that it has. */
  tars?: readonly string[] | 'all';
}

/** Enough to see the first line of a list. */
const headBytes = 2 ** 16;

/**
 * A folder is one of tar files where there is any, and no image beside them.
 * @throws EngineError `folder-not-found`; `invalid-setting` for a list of images and tar files, and a tar file that is packed
 */
export async function planSourceOf(named: string): Promise<PlanSource> {
  const source = resolve(named);
  const status = await stat(source).catch(() => undefined);
  if (!status?.isFile()) return (await hasTarsOnly(source)) ? { folder: source, tars: 'all' } : { folder: source };
  const folder = dirname(source);
  const head = await headOf(source);
  const packer = packerOf(head);
  requireSetting(packer === undefined, `${source} ${packedReason(packer!)}.`);
  if (isTarFile(basename(source))) return { folder, tars: [basename(source)] };
  const first = new TextDecoder()
    .decode(head)
    .split(/\r?\n/)
    .find((line) => line.trim() !== '');
  if (first === undefined || !isTarName(first)) return { folder, list: source };
  const tars = await readManifest(source, folder);
  const other = tars.find((path) => !isTarName(path));
  requireSetting(
    other === undefined,
    `${source} names tar files and ${other}, which is none. Make a list of tar files only, and plan the other images by themselves.`,
  );
  return { folder, tars };
}

async function hasTarsOnly(folder: string): Promise<boolean> {
  let hasTars = false;
  for await (const path of filesBelow(folder, [], new Map())) {
    if (isTarName(path)) hasTars = true;
    else if (await isImage(join(folder, path))) return false;
  }
  return hasTars;
}

async function headOf(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const head = new Uint8Array(headBytes);
    const { bytesRead } = await handle.read(head, 0, headBytes, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
