import type { FieldResult } from '../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../schema/form-schema.ts';
import { plural } from '../parts/format.ts';

/** What is said after a change was saved: the sentence, and what is in trouble although it was saved. */
export interface SavedWords {
  readonly text: string;
  readonly trouble: string | undefined;
}

/** Beside what is worth a look: "Saved. 2 servers: a:1 answers in 0.3 ms; b:2 does not answer." where lines answered; else the plain sentence. */
export function savedWords(
  plain: string,
  field: FieldSchema | undefined,
  value: unknown,
  results: readonly FieldResult[],
): SavedWords {
  const lines = Array.isArray(value) ? value.map((line) => String(line).trim()) : [];
  const answers = results.filter(({ text }) => lines.some((line) => line !== '' && text.startsWith(`${line} `)));
  const others = results.filter((result) => !answers.includes(result) && result.state === 'warn');
  if (!field || answers.length === 0)
    return { text: plain, trouble: others.map(({ text }) => text).join(' ') || undefined };
  const good = textsOf(answers, (state) => state !== 'down');
  const bad = textsOf(answers, (state) => state === 'down');
  const count = plural(answers.length, singular(field.title), field.title.toLowerCase());
  const cost = answers.find((answer) => answer.cost)?.cost;
  const said = good ? ` ${good}${bad ? ';' : '.'}` : '';
  return { text: `Saved. ${count}:${said}`, trouble: bad ? `${bad}${cost ? `: ${cost}` : ''}.` : undefined };
}

function textsOf(results: readonly FieldResult[], isWanted: (state: FieldResult['state']) => boolean): string {
  return results
    .filter(({ state }) => isWanted(state))
    .map(({ text }) => text)
    .join('; ');
}

function singular(title: string): string {
  return title.toLowerCase().replace(/s$/, '');
}
