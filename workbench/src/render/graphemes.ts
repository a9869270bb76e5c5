/** Texts cut between characters as people count them: an emoji of several code points or a letter with marks is one. */
let segmenter: Intl.Segmenter | undefined;

export function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The text, or as much of its beginning as makes `max` characters with an ellipsis. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = graphemes(text);
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}
