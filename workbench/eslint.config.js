// Floors: app > panels > state > draw > wire. An import goes down, never up.
import tseslint from 'typescript-eslint';

const floors = ['app', 'panels', 'state', 'draw', 'wire'];

export default tseslint.config(
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: 'error',
    },
  },
  ...floors.slice(1).map((floor, place) => ({
    files: [`src/${floor}/**/*.ts`],
    rules: {
      'no-restricted-imports': ['error', { patterns: floors.slice(0, place + 1).map((above) => `**/${above}/**`) }],
    },
  })),
);
