// The settings under anomalyClustering.*, checked and turned into what the engine takes.
import { l10n, workspace, type Uri } from 'vscode';
import { EngineError } from '../../worker/api/errors';
import { defaultSettings, type Device, type MethodSettings } from '../../worker/api/settings';

export interface RunSettings {
  settings: MethodSettings;
  device: Device;
}

/** @throws EngineError `invalid-setting`, naming the setting */
export function readSettings(folder?: Uri): RunSettings {
  const configuration = workspace.getConfiguration('anomalyClustering', folder);
  const numberOrAuto = (name: string): number | 'auto' => {
    // Nothing is "auto"; files of earlier versions say so in words.
    const value = configuration.get<unknown>(name) ?? 'auto';
    if (value === 'auto' || typeof value === 'number') return value;
    throw new EngineError(
      { code: 'invalid-setting' },
      l10n.t('The setting anomalyClustering.{0} is a number or nothing, not {1}.', name, JSON.stringify(value)),
    );
  };
  /** Names and numbers are checked by the engine, which says what it takes. */
  const setting = <Name extends keyof MethodSettings>(name: Name): MethodSettings[Name] =>
    configuration.get(name, defaultSettings[name]);
  return {
    settings: {
      // A workspace that is not trusted cannot name a model file: package.json restricts the setting there.
      model: setting('model'),
      pages: setting('pages'),
      align: setting('align'),
      method: setting('method'),
      distance: setting('distance'),
      weights: setting('weights'),
      hardPatches: setting('hardPatches'),
      aggregate: setting('aggregate'),
      references: numberOrAuto('references'),
      seed: setting('seed'),
      temperature: numberOrAuto('temperature'),
      clusterer: setting('clusterer'),
      clusters: numberOrAuto('clusters'),
      regions: setting('regions'),
    },
    device: configuration.get<Device>('device', 'auto'),
  };
}
