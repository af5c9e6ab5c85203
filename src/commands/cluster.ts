// "Cluster Images by Anomaly Type": runs the engine on a folder and puts its labels into the label file.
import {
  commands,
  l10n,
  ProgressLocation,
  StatusBarAlignment,
  window,
  type LogOutputChannel,
  type Memento,
  type Uri,
} from 'vscode';
import type { ClusterRequest, ClusterResult, Progress } from '../../worker/api';
import type { EngineClient } from '../engine/client';
import type { GalleryProvider } from '../gallery/provider';
import { galleryViewType } from '../gallery/view-type';
import { baseName, labelFileOf } from '../labels/location';
import { readText } from '../labels/read';
import { requireWritable, writeLabels } from '../labels/write';
import { readSettings } from '../settings';
import type { ClusterTree } from '../tree/cluster-tree';
import { fetchNetwork } from './choose-network';
import { askForNormals } from './normal-folder';
import { createProgressText } from './progress';
import { reportError } from './report-error';

type WrittenResult = ClusterResult & { saved: boolean };

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
   * Errors are shown, not thrown.
   * @param labelFile may lie elsewhere: its `root` says which folder it is about
   * @returns whether the folder was clustered
   */
  async run(folder: Uri, labelFile = labelFileOf(folder)): Promise<boolean> {
    for (;;) {
      try {
        return await this.runOnce(folder, labelFile);
      } catch (error) {
        // The folder is free again meanwhile: a message may stay on the screen for hours.
        if (!(await reportError(error, this.log, { getNetwork: (name) => this.getNetwork(name) }))) return false;
      }
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

  private async runOnce(folder: Uri, labelFile: Uri): Promise<boolean> {
    const key = folder.toString();
    if (this.running.has(key)) {
      void window.showInformationMessage(l10n.t('{0} is being clustered already.', baseName(folder)));
      return false;
    }
    this.running.add(key);
    try {
      const normals = await askForNormals(folder, this.memory);
      if (normals === undefined) return false;
      const result = await this.compute(folder, labelFile, normals === 'none' ? undefined : normals);
      await this.show(labelFile, result);
      return true;
    } finally {
      this.running.delete(key);
    }
  }

  /** Runs the engine and writes its labels. A label file that a person changed meanwhile is aligned with once more. */
  private async compute(folder: Uri, labelFile: Uri, normals: Uri | undefined): Promise<WrittenResult> {
    await requireWritable(labelFile);
    for (;;) {
      const previousLabels = await readText(labelFile);
      const request: ClusterRequest = {
        folder: folder.fsPath,
        labelFile: labelFile.fsPath,
        ...readSettings(folder),
        ...(normals === undefined ? {} : { normalFolder: normals.fsPath }),
        ...(previousLabels === undefined ? {} : { previousLabels }),
      };
      const result = await this.withProgress(folder, request);
      if ((await readText(labelFile)) !== previousLabels) continue;
      const written = await writeLabels(labelFile, result.labels);
      if (written) return { ...result, ...written };
    }
  }

  private async withProgress(folder: Uri, request: ClusterRequest): Promise<ClusterResult> {
    const title = l10n.t('Clustering {0}', baseName(folder));
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
          const onProgress = (value: Progress) => {
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

  private async show(labelFile: Uri, result: WrittenResult): Promise<void> {
    const { notes, images, clusters, failures, seconds, saved } = result;
    for (const { label, value } of notes) this.log.info(`${label}: ${value}`);
    this.log.info(`${images} images in ${clusters.length} clusters, in ${seconds.toFixed(1)} s.`);
    for (const { path, reason } of failures) this.log.warn(`Left out: ${path} ${reason}.`);
    this.gallery.forget(labelFile);
    await this.tree.reveal(labelFile);
    await commands.executeCommand('vscode.openWith', labelFile, galleryViewType);
    if (!saved) {
      void window.showInformationMessage(
        l10n.t('{0} had unsaved changes, so the new labels are in the editor and not saved yet.', baseName(labelFile)),
      );
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
