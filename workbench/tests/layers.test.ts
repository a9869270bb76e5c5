import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, test } from 'vitest';

// The level of each layer; those of one level do not know one another.
const LEVELS = { model: 0, wire: 1, state: 2, render: 2, panels: 3, app: 4 };
/** A file of each layer that a planted import can name. */
const FILES: Record<keyof typeof LEVELS, string> = {
  model: 'model/view',
  wire: 'wire/pack',
  state: 'state/selection/neighbors',
  render: 'render/camera',
  panels: 'panels/ui/Icon.svelte',
  app: 'app/UnavailablePage.svelte',
};
const LAYERS = Object.keys(LEVELS) as (keyof typeof LEVELS)[];
const cwd = decodeURIComponent(new URL('..', import.meta.url).pathname);
const eslint = new ESLint({
  cwd,
  overrideConfig: [
    { ...tseslint.configs.disableTypeChecked, languageOptions: { parserOptions: { projectService: false } } },
  ],
});

async function rulesBroken(file: string, text: string): Promise<(string | null)[]> {
  const results = await eslint.lintText(text, { filePath: `${cwd}src/${file}` });
  return results.flatMap((result) => result.messages.map((message) => message.ruleId));
}

test('an import goes down the layers, never up nor across, from scripts and components', async () => {
  for (const from of LAYERS) {
    for (const to of LAYERS.filter((other) => other !== from)) {
      const text = `import * as planted from '../${FILES[to]}';\nvoid planted;\n`;
      const isRefused = LEVELS[to] >= LEVELS[from];
      const expected = isRefused ? ['import-x/no-restricted-paths'] : [];
      expect([from, to, await rulesBroken(`${from}/planted.ts`, text)]).toEqual([from, to, expected]);
      const component = `<script lang="ts">\n${text}</script>\n`;
      expect([from, to, await rulesBroken(`${from}/Planted.svelte`, component)]).toEqual([from, to, expected]);
    }
  }
}, 60_000);

test('a circle and a default export are refused', async () => {
  expect(await rulesBroken('render/planted.ts', 'export default 1;\n')).toEqual(['import-x/no-default-export']);
  // A file that imports what imports it.
  const circle = "import { Renderer } from './renderer';\nexport const IntUniform = Renderer;\n";
  expect(await rulesBroken('render/webgl/program.ts', circle)).toEqual(['import-x/no-cycle']);
});
