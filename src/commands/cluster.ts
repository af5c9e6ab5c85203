// "Cluster Images by Anomaly Type": runs the engine on a folder and puts its labels into the label file.
import { commands, l10n, ProgressLocation, window, type LogOutputChannel, type Memento, type Uri } from 'vscode';
import type { ClusterRequest, ClusterResult } from '../../worker/api';
import type { EngineClient } from '../engine/client';
import type { GalleryProvider } from '../gallery/provider';
import { galleryViewType } from '../gallery/view-type';
import { readText } from '../labels/files';
import { baseName, labelFileOf } from '../labels/location';
import { writeLabels } from '../labels/write';
import { readSettings } from '../settings';
import type { ClusterTree } from '../tree/cluster-tree';
import { askForNormals } from './normal-folder';
import { createProgressText } from './progress';
import { reportError } from './report-error';

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

  /** Errors are shown, not thrown. */
  async run(folder: Uri): Promise<void> {
    const key = folder.toString();
    if (this.running.has(key)) {
      void window.showInformationMessage(l10n.t('{0} is being clustered already.', baseName(folder)));
      return;
    }
    this.running.add(key);
    try {
      await this.runUntilDone(folder);
    } finally {
      this.running.delete(key);
    }
  }

  private async runUntilDone(folder: Uri): Promise<void> {
    for (;;) {
      try {
        const normals = await askForNormals(folder, this.memory);
        if (normals === undefined) return;
        const result = await this.compute(folder, normals === 'none' ? undefined : normals);
        await this.show(folder, result);
        return;
      } catch (error) {
        if (!(await reportError(error, this.log, true))) return;
      }
    }
  }

  /** Runs the engine and writes its labels. A label file that a person changed meanwhile is aligned with once more. */
  private async compute(folder: Uri, normals: Uri | undefined): Promise<ClusterResult & { saved: boolean }> {
    const labelFile = labelFileOf(folder);
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
      return { ...result, ...(await writeLabels(labelFile, result.labels)) };
    }
  }

  private async withProgress(folder: Uri, request: ClusterRequest): Promise<ClusterResult> {
    const title = l10n.t('Clustering {0}', baseName(folder));
    this.log.info(`${title}: ${JSON.stringify(request.settings)}`);
    return window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      (progress, token) => {
        const text = createProgressText();
        return this.engine.request('cluster', request, { token, onProgress: (value) => progress.report(text(value)) });
      },
    );
  }

  private async show(folder: Uri, result: ClusterResult & { saved: boolean }): Promise<void> {
    const { notes, images, clusters, failures, seconds, saved } = result;
    for (const { label, value } of notes) this.log.info(`${label}: ${value}`);
    this.log.info(`${images} images in ${clusters.length} clusters, in ${seconds.toFixed(1)} s.`);
    for (const { path, reason } of failures) this.log.warn(`Left out: ${path} ${reason}.`);
    const labelFile = labelFileOf(folder);
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
    const choice = await window.showWarningMessage(
      l10n.t('{0} images in {1} clusters. {2} files could not be used.', images, clusters.length, failures.length),
      details,
    );
    if (choice === details) this.log.show();
  }
}
