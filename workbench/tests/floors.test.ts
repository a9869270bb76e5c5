import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const FLOORS = ['wire', 'draw', 'state', 'panels', 'app'];
const ROOT = resolve(import.meta.dirname, '../src');

test('an import goes down the floors, never up', () => {
  const files = readdirSync(ROOT, { recursive: true }) as string[];
  const upward: string[] = [];
  for (const file of files.filter((name) => /\.(ts|svelte)$/.test(name))) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    for (const [, source] of text.matchAll(/from '(\.[^']+)'/g)) {
      const target = relative(ROOT, resolve(ROOT, dirname(file), source));
      const [from, to] = [file, target].map((path) => FLOORS.indexOf(path.split(/[\\/]/)[0]));
      if (to > from) upward.push(`${file} imports ${target}`);
    }
  }
  expect(upward).toEqual([]);
});
