// Entry of a report: the gallery's page over the data inside the file.
import '../kit/l10n';
import '../gallery/page.css';
import './report-theme.css';
import './report.css';
import * as l10n from '@vscode/l10n';
import type { ReportData } from '../../worker/api/report-data';
import type { LabelDocument } from '../../worker/labels/view';
import { galleryModel } from '../model/gallery-model';
import { mountPage } from '../gallery/page';
import { reportEnd, reportOverview } from './report-overview';
import { ReportSource } from './report-source';

const text = document.getElementById('page-data')?.textContent ?? '';
const data = JSON.parse(text) as ReportData;
document.title = l10n.t('{0}: anomaly clusters', data.title);

// The controls take over the theme when the body's class changes, as VS Code changes it.
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const applyTheme = () => {
  document.body.className = dark.matches ? 'vscode-dark' : 'vscode-light';
};
dark.addEventListener('change', applyTheme);
applyTheme();

const source = new ReportSource(data);
void source.analysis().then((analysis) => {
  const model = galleryModel(data.title, JSON.parse(data.labels) as LabelDocument, analysis);
  const page = mountPage(document.body, source, reportOverview(data, model, source), reportEnd(data));
  // The data is here already, and a printed page needs all of it. Longer ones are not printed.
  if (data.images.length <= 500) setTimeout(() => page.loadAll(), 500);
});
