import { fileURLToPath } from 'node:url';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** An import may only go to a lower level. Layers of one level do not know one another. */
const LEVELS = { model: 0, wire: 1, state: 2, render: 2, panels: 3, app: 4 };
const layers = Object.keys(LEVELS);
const zones = layers
  .map((layer) => ({
    target: `./src/${layer}`,
    from: layers.filter((other) => other !== layer && LEVELS[other] >= LEVELS[layer]).map((other) => `./src/${other}`),
    message: 'an import may only go down a layer',
  }))
  .filter(({ from }) => from.length > 0);

export default tseslint.config(
  { ignores: ['node_modules'] },
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    files: ['src/**/*.ts', 'src/**/*.svelte', 'tests/**/*.ts'],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: fileURLToPath(new URL('.', import.meta.url)),
        extraFileExtensions: ['.svelte'],
      },
    },
    // Without this resolver the rules on imports report nothing, and look green: tests/layers.test.ts sees them refuse.
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver()],
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      eqeqeq: 'error',
      // Typed arrays are read within their bounds, in loops that a check would slow down.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      // An effect names with `void` what it depends on.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Maps and sets are values here: a new one is assigned where the page should see a change.
      'svelte/prefer-svelte-reactivity': 'off',
      // Numbers are what most of our texts hold.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser, svelteConfig } },
    rules: {
      // A component is its file's default export.
      'import-x/no-default-export': 'off',
    },
  },
  { files: ['**/*.d.ts'], rules: { 'import-x/no-default-export': 'off' } },
  { files: ['*.js', '*.mjs', '*.ts'], ...tseslint.configs.disableTypeChecked },
);
