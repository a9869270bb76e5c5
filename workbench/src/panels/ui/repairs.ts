import type { Repair } from '../../model/api.gen';

/** For example `Lines 3, 7, 12 and 1,201 more`; '' where no lines are known. */
export function linesText({ lines = [], count }: Pick<Repair, 'lines' | 'count'>): string {
  if (!lines.length) return '';
  const numbers = lines.map((line) => line.toLocaleString('en'));
  const more = count - lines.length;
  if (more > 0) return `Lines ${numbers.join(', ')} and ${more.toLocaleString('en')} more`;
  if (numbers.length === 1) return `Line ${numbers[0]}`;
  return `Lines ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}
