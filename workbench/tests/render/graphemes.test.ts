import { describe, expect, it } from 'vitest';
import { cut, graphemes } from '../../src/render/graphemes';

describe('labels are cut between characters as people count them', () => {
  it('counts a family of emoji, a flag and a letter with marks once each', () => {
    expect(graphemes('👩‍👩‍👧🇩🇪é')).toEqual(['👩‍👩‍👧', '🇩🇪', 'é']);
  });

  it('never cuts inside one', () => {
    expect(cut('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 2)).toBe('👩‍👩‍👧…');
    expect(cut('नमस्ते दुनिया', 4)).toBe('नमस्ते…');
  });

  it('leaves a text whole whose characters are few, however long it is', () => {
    expect(cut('👩‍👩‍👧'.repeat(32), 32)).toBe('👩‍👩‍👧'.repeat(32));
    expect(cut('Müller', 32)).toBe('Müller');
    expect(cut('x'.repeat(40), 32)).toBe(`${'x'.repeat(31)}…`);
  });
});
