// The walkthrough names commands and pictures that there are, and the pictures are such that VS Code shows them in every theme.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isShipped } from '../../../scripts/packaging/stage';
import { root } from '../../tools/paths';

interface Manifest {
  contributes: {
    commands: { command: string }[];
    views: Record<string, { id: string }[]>;
    customEditors: { viewType: string }[];
    walkthroughs: { id: string; steps: Step[] }[];
  };
}

interface Step {
  id: string;
  description: string;
  media: { svg: string; altText: string };
  completionEvents: string[];
}

const read = (name: string) => readFileSync(join(root, name), 'utf8');
const { contributes } = JSON.parse(read('package.json')) as Manifest;
const strings = JSON.parse(read('package.nls.json')) as Record<string, string>;
const [walkthrough] = contributes.walkthroughs;
const commands = [
  ...contributes.commands.map(({ command }) => command),
  // VS Code makes one for each view.
  ...Object.values(contributes.views).flatMap((views) => views.map(({ id }) => `${id}.focus`)),
];

describe('the walkthrough', () => {
  it('has three steps', () => {
    assert.deepEqual(
      walkthrough?.steps.map(({ id }) => id),
      ['cluster', 'understand', 'correct'],
    );
  });

  for (const { id, description, media, completionEvents } of walkthrough!.steps) {
    describe(`in step ${id}`, () => {
      it('has buttons for commands that there are', () => {
        const text = strings[description.slice(1, -1)]!;
        const used = [...text.matchAll(/\(command:([^)]*)\)/g)].map(([, command]) => command!);
        assert.ok(used.length > 0);
        for (const command of used) assert.ok(commands.includes(command), command);
      });

      it('is done when something happens that can happen', () => {
        assert.ok(completionEvents.length > 0);
        for (const event of completionEvents) {
          const [, command] = /^onCommand:(.*)$/.exec(event) ?? [];
          const [, editor] = /^onContext:activeCustomEditorId == '(.*)'$/.exec(event) ?? [];
          const isKnown =
            command === undefined
              ? contributes.customEditors.some(({ viewType }) => viewType === editor)
              : commands.includes(command);
          assert.ok(isKnown, event);
        }
      });

      it('has a picture that is described, packaged and well formed', () => {
        assert.ok(strings[media.altText.slice(1, -1)]);
        assert.ok(isShipped(media.svg));
        const svg = read(media.svg);
        assert.ok(svg.includes(`<svg id="${id}"`));
        const used = [...svg.matchAll(/(?:href="#|url\(#)([\w-]+)/g)].map(([, name]) => name!);
        for (const name of used) assert.ok(svg.includes(`id="${name}"`), name);
      });

      it('has a picture without what VS Code does not let through', () => {
        // Its content security policy knows neither styles nor scripts of the picture, nor other files.
        assert.doesNotMatch(read(media.svg), /<style|style="|<script|<image|href="(?!#)/);
      });

      it("has a picture whose text-like parts and surfaces have the theme's colours", () => {
        const svg = read(media.svg);
        for (const token of ['foreground', 'editor-background', 'contrastBorder']) {
          assert.ok(svg.includes(`var(--vscode-${token}`), token);
        }
        assert.doesNotMatch(svg, /<text|fill="(white|black)"/);
      });
    });
  }
});
