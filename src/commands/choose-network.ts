// "Choose Network…": the catalogue with sizes, licences and notes; what is chosen is fetched, if need be, and set.
import {
  ConfigurationTarget,
  l10n,
  ProgressLocation,
  QuickPickItemKind,
  window,
  workspace,
  type QuickPickItem,
} from 'vscode';
import type { ModelInfo, ProxySettings } from '../../worker/api/requests';
import { EngineError } from '../../worker/api/errors';
import type { EngineClient } from '../engine/engine-client';
import { readSettings } from '../engine/run-settings';
import { createProgressText } from './progress-text';

/** Separators have nothing to choose. */
interface NetworkItem extends QuickPickItem {
  /** @returns the name to set; undefined when the person thought better of it */
  choose?: () => Promise<string | undefined>;
}

/** Lets a person choose the network of the next runs. Nothing is fetched that they did not choose. */
export async function chooseNetwork(engine: EngineClient): Promise<void> {
  requireTrust();
  const models = await engine.request('models', null);
  const current = readSettings().settings.model;
  const item = await window.showQuickPick(itemsOf(models, current, engine), {
    title: l10n.t('Network that describes the patches'),
    placeHolder: l10n.t('No image leaves this machine: networks are fetched, and run here'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  const name = await item?.choose?.();
  if (name === undefined || name === current) return;
  const settings = workspace.getConfiguration('anomalyClustering');
  // Where the workspace has a value of its own, another one would change nothing.
  const isOfWorkspace = settings.inspect('model')?.workspaceValue !== undefined;
  await settings.update('model', name, isOfWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global);
  window.setStatusBarMessage(l10n.t('The next run uses {0}.', name), 5000);
}

function itemsOf(models: ModelInfo[], current: string, engine: EngineClient): NetworkItem[] {
  const item = (model: ModelInfo, name: string, isHere: boolean): NetworkItem => ({
    label: name === model.id ? model.title : `${model.title} (${name.slice(model.id.length + 1)})`,
    description: [
      name === current ? l10n.t('in use') : undefined,
      model.bytes === 0
        ? l10n.t('built in')
        : isHere
          ? l10n.t('on this machine')
          : l10n.t('{0} MB to fetch', Math.round(model.bytes / 1e6)),
      model.licence,
    ]
      .filter((part) => part !== undefined)
      .join(' · '),
    detail: model.note,
    choose: async () => (isHere || (await fetchNetwork(engine, name, model.title)) ? name : undefined),
  });
  const here = models.flatMap((model) => model.installed.map((name) => item(model, name, true)));
  const others = models
    .filter(({ id, installed }) => !installed.includes(id))
    .map((model) => item(model, model.id, false));
  const own: NetworkItem = {
    label: l10n.t('An ONNX File of Your Own…'),
    detail: l10n.t(
      'Any network with one image input; a tensor inside it is named in the setting, as in net.onnx#tensor.',
    ),
    choose: chooseFile,
  };
  const separator = (label: string): NetworkItem => ({ label, kind: QuickPickItemKind.Separator });
  return [
    separator(l10n.t('Ready')),
    ...here,
    ...(others.length > 0 ? [separator(l10n.t('To Fetch')), ...others] : []),
    separator(l10n.t('Other')),
    own,
  ];
}

async function chooseFile(): Promise<string | undefined> {
  const chosen = await window.showOpenDialog({
    title: l10n.t('Choose an ONNX file'),
    openLabel: l10n.t('Use'),
    filters: { ONNX: ['onnx'] },
  });
  return chosen?.[0]?.fsPath;
}

/**
 * Fetches a network with a progress that can be cancelled; what was fetched until then is kept.
 * @param title how the network is called
 * @returns whether it is there now
 */
export async function fetchNetwork(engine: EngineClient, name: string, title: string): Promise<boolean> {
  requireTrust();
  return window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Fetching {0}', title), cancellable: true },
    async (progress, token) => {
      const text = createProgressText();
      await engine.request(
        'getModel',
        { name, proxy: proxySettings() },
        { token, onProgress: (value) => progress.report(text(value)) },
      );
      return true;
    },
  );
}

function requireTrust(): void {
  if (workspace.isTrusted) return;
  throw new EngineError(
    { code: 'download-refused' },
    l10n.t('Networks are not fetched in a workspace that is not trusted. The built-in one works here.'),
  );
}

/** What VS Code itself uses to reach the network. */
function proxySettings(): ProxySettings {
  const http = workspace.getConfiguration('http');
  const url = http.get<string>('proxy', '');
  return {
    ...(url === '' ? {} : { url }),
    noProxy: http.get<string[]>('noProxy', []),
    strictTls: http.get<boolean>('proxyStrictSSL', true),
  };
}
