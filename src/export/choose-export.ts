// "Export…" in the side panel: the formats that the gallery has, from a list.
import { l10n, window, type Uri } from 'vscode';
import { exportFormatsFor, type ExportFormat } from '../../webview/source/protocol';
import { hasRegions } from '../../worker/labels/view';
import type { EngineClient } from '../engine/engine-client';
import { labelFileOfDocument } from '../labels/read-label-file';
import { openLabelDocument } from '../labels/utf8-document';
import { exportLabels } from './index';

/** @throws Error with a message for the person, when the label file cannot be read or the place cannot be written */
export async function chooseExport(labelFile: Uri, engine: EngineClient): Promise<void> {
  const titles: Record<ExportFormat, string> = {
    csv: l10n.t('Table (CSV) …'),
    folders: l10n.t('Folder for each cluster …'),
    coco: l10n.t('COCO (JSON) …'),
    cvat: l10n.t('CVAT for images 1.1 (XML) …'),
    'label-studio': l10n.t('Label Studio tasks (JSON) …'),
    fiftyone: l10n.t('FiftyOne dataset (JSON) …'),
    yolo: l10n.t('YOLO dataset of the regions’ boxes …'),
    'yolo-seg': l10n.t('YOLO dataset of the regions’ outlines …'),
    masks: l10n.t('Masks of the regions (PNG) …'),
    catalogue: l10n.t('Catalogue of defects, for other folders …'),
    report: l10n.t('Report with pictures (HTML) …'),
  };
  const document = await openLabelDocument(labelFile);
  const file = await labelFileOfDocument(document);
  const formats = exportFormatsFor({ hasRegions: file.kind === 'labels' && hasRegions(file.document) });
  const choices = formats.map((format) => ({ label: titles[format], format }));
  const choice = await window.showQuickPick(choices, { title: l10n.t('Export Clusters') });
  if (choice) await exportLabels(choice.format, document, engine);
}
