// The settings in package.json offer exactly what the engine takes, with its defaults.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  aggregateNames,
  clustererNames,
  defaultSettings,
  deviceNames,
  distanceNames,
  weightNames,
  type MethodSettings,
} from '../../../../worker/api/settings';
import { root } from '../../../tools/paths';

interface Property {
  type: string | string[];
  default: unknown;
  enum?: string[];
  enumDescriptions?: string[];
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  contributes: { configuration: { properties: Record<string, Property> }[] };
};
const properties = Object.assign({}, ...manifest.contributes.configuration.map((group) => group.properties)) as Record<
  string,
  Property
>;

describe('the settings', () => {
  for (const name of Object.keys(defaultSettings) as (keyof MethodSettings)[]) {
    it(`offer ${name} with the engine's default`, () => {
      const property = properties[`anomalyClustering.${name}`]!;
      // What is chosen by itself is an empty field for a number.
      const isNumber = defaultSettings[name] === 'auto' && property.enum === undefined;
      assert.equal(property.default, isNumber ? null : defaultSettings[name]);
      if (isNumber) assert.match(String(property.type), /^(integer|number),null$/);
    });
  }

  for (const [name, names] of Object.entries({
    distance: distanceNames,
    weights: weightNames,
    aggregate: aggregateNames,
    clusterer: clustererNames,
    device: deviceNames,
  })) {
    it(`complete every ${name} with a description`, () => {
      const property = properties[`anomalyClustering.${name}`];
      assert.deepEqual(property?.enum, [...names]);
      assert.equal(property?.enumDescriptions?.length, names.length);
    });
  }
});
