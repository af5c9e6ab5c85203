// What the host does for each request of a gallery's page.
import { commands, env, l10n, Uri, type TextDocument, type Webview } from 'vscode';
import type { GalleryHandlers, ThumbnailUri } from '../../webview/source/protocol';
import type { Thumbnail } from '../../worker/api/requests';
import { fileInside, outsideReason } from '../../worker/images/inside';
import { pageOf } from '../../worker/images/pages';
import type { EngineClient } from '../engine/engine-client';
import { exportLabels } from '../export';
import { changeDocument, replaceText } from '../labels/document-edits';
import { labelsModule } from '../labels/labels-module';
import { openAsText } from '../labels/open-as-text';
import { knownLabels, labelFileOfDocument } from '../labels/read-label-file';
import { saveArea } from './area-file';
import type { RegionSearch } from './region-search';

/** What the handlers of one gallery work on. */
export interface PageContext {
  document: TextDocument;
  webview: Pick<Webview, 'asWebviewUri'>;
  engine: EngineClient;
  search: RegionSearch;
  /** Sends what to draw to a page that knows nothing yet, unless it was sent ahead and not missed. */
  sendFirst: (hasMissed: boolean) => Promise<void>;
  /** The label file has changed: the page hears of it now, and once. */
  tellChange: () => void;
  keepView: (view: object) => Thenable<void>;
  select: (path: string) => void;
  compute: (folder: Uri) => Promise<unknown>;
  compareWith: (folder: Uri) => Promise<unknown>;
  runAgain: (folder: Uri) => Promise<unknown>;
}

/** What the page may run in VS Code, and nothing else. */
const editorCommands = { undo: 'undo', redo: 'redo', save: 'workbench.action.files.save' } as const;

/** @returns the answers of the host; each throws what went wrong, whose message can be shown */
export function pageHandlers(context: PageContext): GalleryHandlers {
  const { document, webview, engine, search } = context;
  const folder = async () => (await labelFileOfDocument(document)).folder;
  const pageUri = (file: string) => webview.asWebviewUri(Uri.file(file)).toString();
  return {
    ready: async ({ hasMissed }) => {
      await context.sendFirst(hasMissed);
      return null;
    },
    regionAnalysis: async () => engine.request('analysis', { folder: (await folder()).fsPath, ofRegions: true }),
    furtherComponents: async ({ analysisId }) =>
      engine.request('further', { folder: (await folder()).fsPath, analysisId }),
    regions: async ({ paths }) => engine.request('regions', { folder: (await folder()).fsPath, paths }),
    thumbnails: async (wanted) => {
      const thumbnails = await engine.request('thumbnails', { folder: (await folder()).fsPath, ...wanted });
      return thumbnails.map((thumbnail) => thumbnailUri(thumbnail, pageUri));
    },
    heatMaps: async (wanted) => engine.request('heatMaps', { folder: (await folder()).fsPath, ...wanted }),
    map: async ({ ofRegions = false }) => engine.request('map', { folder: (await folder()).fsPath, ofRegions }),
    picture: async ({ path }) => {
      const { file, mask } = await engine.request('picture', { folder: (await folder()).fsPath, path });
      return { uri: pageUri(file), ...(mask === undefined ? {} : { mask: pageUri(mask) }) };
    },
    change: async (change) => {
      const { editsFor } = await labelsModule();
      await changeDocument(document, (text) => editsFor(text, change, knownLabels(document.uri, text)));
      context.tellChange();
      return null;
    },
    export: async ({ format }) => {
      await exportLabels(format, document, engine);
      return null;
    },
    saveArea: async ({ area }) => {
      const clustered = await folder();
      await saveArea(clustered, area, () => context.runAgain(clustered));
      context.tellChange();
      return null;
    },
    similarRegion: (wanted) => search.run(folder, wanted),
    cancelSearch: () => {
      search.cancel();
      return null;
    },
    selected: ({ path }) => {
      context.select(path);
      return null;
    },
    keepView: async ({ view }) => {
      await context.keepView(view);
      return null;
    },
    copy: async ({ text }) => {
      await env.clipboard.writeText(text);
      return null;
    },
    runInEditor: async ({ command }) => {
      if (!Object.hasOwn(editorCommands, command)) throw new Error(`The page may not run ${String(command)}.`);
      await commands.executeCommand(editorCommands[command]);
      return null;
    },
    openImage: async ({ path }) => {
      const file = fileInside((await folder()).fsPath, path);
      if (file === undefined) throw new Error(`${path} ${outsideReason}.`);
      await commands.executeCommand('vscode.open', Uri.file(pageOf(file)?.file ?? file), { preview: true });
      return null;
    },
    compute: async () => {
      await context.compute(await folder());
      return null;
    },
    compareWith: async () => {
      await context.compareWith(await folder());
      return null;
    },
    resolveConflict: async ({ take }) => {
      const { resolveConflict, splitConflict } = await labelsModule();
      const text = document.getText();
      const conflict = splitConflict(text);
      const isDone = conflict === undefined || (await replaceText(document, text, resolveConflict(conflict, take)));
      if (!isDone) throw new Error(l10n.t('The label file has changed since, so it was left as it is.'));
      context.tellChange();
      return null;
    },
    openAsText: async () => {
      const file = await labelFileOfDocument(document);
      await openAsText(document.uri, file.kind === 'invalid' ? file : undefined);
      return null;
    },
  };
}

function thumbnailUri({ path, file, reason }: Thumbnail, pageUri: (file: string) => string): ThumbnailUri {
  return {
    path,
    ...(file === undefined ? {} : { uri: pageUri(file) }),
    ...(reason === undefined ? {} : { reason }),
  };
}
