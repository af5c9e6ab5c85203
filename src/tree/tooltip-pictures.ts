// Pictures for the side panel's tooltips: small, with what is unusual coloured, as data inside the text. A tooltip is shown on the machine
// of the person, and the files are perhaps on another one.
import { readFile } from 'node:fs/promises';
import type { Uri } from 'vscode';
import type { EngineClient } from '../engine/engine-client';

/** Longest side in pixels of a picture by itself, and of each of several. */
const [large, small] = [200, 110];

export interface TooltipPicture {
  /** data: URI */
  uri: string;
  /** In CSS pixels, of its longest side. */
  side: number;
}

export class TooltipPictures {
  constructor(private readonly engine: Pick<EngineClient, 'request'>) {}

  /** Of some images of a folder; those that have none are left out. */
  async of(folder: Uri, paths: string[]): Promise<TooltipPicture[]> {
    const side = paths.length === 1 ? large : small;
    const found = await this.engine.request('thumbnails', { folder: folder.fsPath, paths, side, withHeat: true });
    const files = found.flatMap(({ file }) => file ?? []);
    return Promise.all(
      files.map(async (file) => ({ uri: `data:image/webp;base64,${(await readFile(file)).toString('base64')}`, side })),
    );
  }
}
