// "Cluster Images by Anomaly Type": runs the engine on a folder and puts its labels into the label file.
import {
  l10n,
  ProgressLocation,
  StatusBarAlignment,
  window,
  type LogOutputChannel,
  type Memento,
  type Uri,
} from 'vscode';
import { EngineError } from '../../worker/api/errors';
import type { CatalogueFile, ClusterRequest, ClusterResult, OtherFolder, Progress } from '../../worker/api/requests';
import type { EngineClient } from '../engine/engine-client';
import type { GalleryProvider } from '../gallery/gallery-provider';
import { baseName, labelFileOf } from '../labels/label-location';
import { methodIn, readText } from '../labels/read-label-file';
import { titleOf } from '../labels/title-of';
import { undoChange } from '../labels/undo-change';
import { requireWritable, writeLabels } from '../labels/write-labels';
import { readSettings } from '../engine/run-settings';
import type { ClusterTree } from '../tree/cluster-tree';
import { fetchNetwork } from './choose-network';
import { askForNormals, chooseNormals } from './normal-folder';
import { createProgressText } from './progress-text';
import { reportError } from './report-error';
import { changesInWords, tellChanges, tellFound } from './tell-changes';

type WrittenResult = ClusterResult & { saved: boolean };

/** What a person asks for beyond a run as usual. */
interface RunWishes extends Pick<ClusterRequest, 'regroup' | 'mayEndClusters' | 'assignOnly' | 'from'> {
  /** What the images are compared with, where it is not as before: a folder of normal ones, or each other. */
  compared?: Uri | 'each other';
}

export class ClusterCommand {
  /** Folders being clustered now. */
  private readonly running = new Set<string>();

  constructor(
    private readonly engine: EngineClient,
    private readonly tree: ClusterTree,
    private readonly gallery: GalleryProvider,
    private readonly memory: Memento,
    private readonly log: LogOutputChannel,
  ) {}

  /**
   * Clusters a folder and writes its labels. A folder that has labels is clustered by the method of its label file, and what a person
   * decided stays. Errors are shown, not thrown.
   * @param labelFile may lie elsewhere: its `root` says which folder it is about
   * @returns whether the folder was clustered
   */
  async run(folder: Uri, labelFile = labelFileOf(folder)): Promise<boolean> {
    return this.untilDone(folder, () => this.clusterAndWrite(folder, labelFile, {}));
  }

  /** As `run`, but by the settings, and for all images that are not pinned. */
  async runAnew(folder: Uri, labelFile: Uri): Promise<boolean> {
    return this.untilDone(folder, () => this.clusterAndWrite(folder, labelFile, { regroup: true }));
  }

  /** Only gives new images the most probable of the clusters; nothing that was there changes. */
  async assignNew(folder: Uri, labelFile: Uri): Promise<boolean> {
    return this.untilDone(folder, () => this.clusterAndWrite(folder, labelFile, { assignOnly: true }));
  }

  /** The clusters of another folder, on the images of one that has no labels yet. */
  async assignFrom(folder: Uri, labelFile: Uri, from: OtherFolder | CatalogueFile): Promise<boolean> {
    return this.untilDone(folder, () => this.clusterAndWrite(folder, labelFile, { from }));
  }

  /** Asks what the images are to be compared with, and clusters them again where that is something else. */
  async compareWith(folder: Uri, labelFile: Uri): Promise<boolean> {
    const method = await methodIn((await readText(labelFile)) ?? '');
    const chosen = method && (await chooseNormals(folder, method));
    if (chosen === undefined) return false;
    return this.untilDone(folder, () => this.clusterAndWrite(folder, labelFile, { compared: chosen }));
  }

  /** Computes what the gallery shows beside the labels, on a machine that has not got it. The label file stays as it is. */
  async computePictures(folder: Uri, labelFile: Uri): Promise<boolean> {
    return this.untilDone(folder, async () => {
      const previousLabels = await readText(labelFile);
      const normals = await this.normalsFor(folder, previousLabels);
      if (normals === undefined) return false;
      const title = l10n.t('Computing heat maps of {0}', baseName(folder));
      const result = await this.withProgress(title, this.requestFor(folder, labelFile, previousLabels, normals));
      this.logResult(result);
      this.gallery.refresh(labelFile);
      if (result.failures.length > 0) void this.tellFailures(result);
      return true;
    });
  }

  /** Tries again where the person has done something about the error. */
  private async untilDone(folder: Uri, work: () => Promise<boolean>): Promise<boolean> {
    for (;;) {
      try {
        return await this.exclusively(folder, work);
      } catch (error) {
        // The folder is free again meanwhile: a message may stay on the screen for hours.
        if (!(await reportError(error, this.log, { getNetwork: (name) => this.getNetwork(name) }))) return false;
      }
    }
  }

  private async exclusively(folder: Uri, work: () => Promise<boolean>): Promise<boolean> {
    const key = folder.toString();
    if (this.running.has(key)) {
      void window.showInformationMessage(l10n.t('{0} is being clustered already.', baseName(folder)));
      return false;
    }
    this.running.add(key);
    try {
      return await work();
    } finally {
      this.running.delete(key);
    }
  }

  /** Fetches the network that a run lacked. @returns whether the run can start again */
  private async getNetwork(name: string): Promise<boolean> {
    try {
      return await fetchNetwork(this.engine, name, name);
    } catch (error) {
      await reportError(error, this.log);
      return false;
    }
  }

  /** Runs the engine and writes its labels. A label file that a person changed meanwhile is aligned with once more. */
  private async clusterAndWrite(folder: Uri, labelFile: Uri, wishes: RunWishes): Promise<boolean> {
    await requireWritable(labelFile);
    const { compared, ...requested } = wishes;
    const asked = compared === 'each other' ? 'none' : compared;
    const normals = wishes.from
      ? 'none'
      : (asked ?? (await this.normalsFor(folder, wishes.regroup ? undefined : await readText(labelFile))));
    if (normals === undefined) return false;
    const title =
      wishes.assignOnly || wishes.from
        ? l10n.t('Assigning new images of {0}', baseName(folder))
        : l10n.t('Clustering {0}', baseName(folder));
    for (;;) {
      const previousLabels = await readText(labelFile);
      const request: ClusterRequest = {
        ...this.requestFor(folder, labelFile, previousLabels, normals),
        ...requested,
        ...(compared === 'each other' ? { overrides: { weights: 'unsupervised' } } : {}),
      };
      // A fresh start is one by the settings.
      const result = await this.withProgress(
        title,
        wishes.regroup ? { ...request, overrides: request.settings } : request,
      ).catch((error: unknown) => this.askWhetherToEnd(error));
      if (result === 'end clusters')
        return this.clusterAndWrite(folder, labelFile, { ...wishes, mayEndClusters: true });
      if (result === undefined) return false;
      const written = await writeLabels(labelFile, result.labels, previousLabels);
      if (!written) continue;
      this.logResult(result);
      await this.show(folder, labelFile, { ...result, ...written }, previousLabels);
      return true;
    }
  }

  /** Named clusters are a person's work: what would end them is asked first. @throws every other error */
  private async askWhetherToEnd(error: unknown): Promise<'end clusters' | undefined> {
    if (!(error instanceof EngineError) || error.detail.code !== 'would-end-clusters') throw error;
    const { clusters } = error.detail;
    const end = l10n.t('Cluster All the Same');
    const question =
      clusters.length === 1
        ? l10n.t('This would end a cluster that has a name: no image would stay in it.')
        : l10n.t('This would end {0} clusters that have names: no image would stay in them.', clusters.length);
    const detail = clusters.map(titleOf).join('\n');
    return (await window.showWarningMessage(question, { modal: true, detail }, end)) === end
      ? 'end clusters'
      : undefined;
  }

  /** A label file says itself what it was compared with; where it is silent, the person is asked once. Undefined: Escape. */
  private async normalsFor(folder: Uri, labels: string | undefined): Promise<Uri | 'none' | undefined> {
    const method = labels === undefined ? undefined : await methodIn(labels);
    const isSilent = method === undefined || (method.weights === 'normal' && method.normal === undefined);
    return isSilent ? askForNormals(folder, this.memory) : 'none';
  }

  private requestFor(
    folder: Uri,
    labelFile: Uri,
    previousLabels: string | undefined,
    normals: Uri | 'none',
  ): ClusterRequest {
    return {
      folder: folder.fsPath,
      labelFile: labelFile.fsPath,
      ...readSettings(folder),
      ...(normals === 'none' ? {} : { normalFolder: normals.fsPath }),
      ...(previousLabels === undefined ? {} : { previousLabels }),
    };
  }

  private async withProgress(title: string, request: ClusterRequest): Promise<ClusterResult> {
    this.log.info(`${title}: ${JSON.stringify(request.settings)}`);
    // The notification can be put away; this stays until the run ends.
    const status = window.createStatusBarItem('anomalyClustering.run', StatusBarAlignment.Left);
    status.name = l10n.t('Clustering');
    status.command = 'anomalyClustering.showLog';
    status.text = `$(sync~spin) ${title}`;
    status.show();
    try {
      return await window.withProgress(
        { location: ProgressLocation.Notification, title, cancellable: true },
        (progress, token) => {
          const text = createProgressText();
          progress.report({ message: l10n.t('starting') });
          const onProgress = (value: Progress) => {
            for (const note of value.notes ?? []) this.log.info(`${note.label}: ${note.value}`);
            const { message, increment } = text(value);
            progress.report({ message, increment });
            status.tooltip = message;
          };
          return this.engine.request('cluster', request, { token, onProgress });
        },
      );
    } finally {
      status.dispose();
    }
  }

  private logResult({ notes, images, clusters, failures, changes, seconds }: ClusterResult): void {
    for (const { label, value } of notes) this.log.info(`${label}: ${value}`);
    this.log.info(`${images} images in ${clusters.length} clusters, in ${seconds.toFixed(1)} s.`);
    if (changes) this.log.info(`${changesInWords(changes)}.`);
    for (const { path, reason } of failures) this.log.warn(`Left out: ${path} ${reason}.`);
  }

  private async show(folder: Uri, labelFile: Uri, result: WrittenResult, before: string | undefined): Promise<void> {
    const { changes, failures, saved } = result;
    this.gallery.refresh(labelFile);
    await this.tree.reveal(labelFile);
    await this.gallery.open(labelFile);
    if (!saved) {
      void window.showInformationMessage(
        l10n.t('{0} had unsaved changes, so the new labels are in the editor and not saved yet.', baseName(labelFile)),
      );
    }
    const after = await readText(labelFile);
    const isOther = before !== undefined && after !== undefined && before !== after;
    const undo = isOther ? () => undoChange(labelFile, before, after) : undefined;
    if (changes === undefined) tellFound(result);
    else {
      void tellChanges(baseName(folder), result, {
        show: (paths) => this.gallery.select(labelFile, paths),
        regroup: () => this.runAnew(folder, labelFile),
        undo,
      });
    }
    if (failures.length > 0) void this.tellFailures(result);
  }

  private async tellFailures({ images, clusters, failures }: ClusterResult): Promise<void> {
    const details = l10n.t('Show Details');
    const done =
      clusters.length === 1
        ? l10n.t('{0} images in 1 cluster.', images)
        : l10n.t('{0} images in {1} clusters.', images, clusters.length);
    const left =
      failures.length === 1
        ? l10n.t('1 file could not be used.')
        : l10n.t('{0} files could not be used.', failures.length);
    const choice = await window.showWarningMessage(`${done} ${left}`, details);
    if (choice === details) this.log.show();
  }
}
