import type { PathCandidate } from '../../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../../schema/form-schema.ts';
import { plural } from '../../parts/format.ts';

/** Rows shown at once; from then on the list scrolls, and narrows to what was typed. */
export const SHOWN = 5;

/** The candidates to offer for what was typed. A short list never changes under the person's hands. */
export function offered(candidates: readonly PathCandidate[], text: string): readonly PathCandidate[] {
  if (candidates.length <= SHOWN || candidates.some(({ path }) => path === text)) return candidates;
  const wanted = text.toLowerCase();
  const matching = candidates.filter(({ path, title }) => `${path} ${title}`.toLowerCase().includes(wanted));
  return matching.length > 0 ? matching : candidates;
}

/** "2 containers", from what the field wants: "a session data container". */
export function countOf(candidates: readonly PathCandidate[], { wanted }: Pick<FieldSchema, 'wanted'>): string {
  return plural(candidates.length, wanted?.split(' ').at(-1) ?? 'object');
}

/** The second line of a candidate: its type, and its title where it has one of its own. */
export function aboutCandidate({ type, title, path }: PathCandidate): string {
  const id = path.split('/').at(-1);
  return title === '' || title === id ? type : `${type}, ${title}`;
}
