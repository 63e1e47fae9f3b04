import type { FieldResult } from '../../../schema/endpoints/forms.ts';

/** How one line stands: its result, or that it is being asked. */
export interface LineState {
  readonly text: string;
  readonly result: FieldResult | undefined;
  readonly isChecking: boolean;
  /** Breaks a rule, so that it cannot be saved. */
  readonly isWrong: boolean;
}

/** Results by line, so that what is known of a line stays when lines above it come and go. */
export function resultsByLine(
  lines: readonly string[],
  results: readonly FieldResult[],
): ReadonlyMap<string, FieldResult> {
  return new Map(lines.flatMap((line, index) => (results[index] ? [[line.trim(), results[index]] as const] : [])));
}

/** The states of all lines of a field, in their order. */
export function lineStates(
  lines: readonly string[],
  known: ReadonlyMap<string, FieldResult>,
  isChecking: boolean,
  error: string | undefined,
): readonly LineState[] {
  const wrong = new Set(linesNamedIn(error));
  return lines.map((text, index) => {
    const result = known.get(text.trim());
    const isBlank = text.trim() === '';
    return {
      text,
      result: result?.text ? result : undefined,
      isChecking: isChecking && !isBlank && result === undefined,
      isWrong: wrong.has(index),
    };
  });
}

/** The lines, counted from 0, that a refusal speaks of: it begins a sentence about one with "Line 2: ". */
export function linesNamedIn(error: string | undefined): readonly number[] {
  return [...(error ?? '').matchAll(/(?:^|\s)Line (\d+): /g)].map(([, number]) => Number(number) - 1);
}

/** What a screen reader hears when an answer has come: only what is not well. */
export function troubleIn(states: readonly LineState[]): string {
  return states
    .flatMap(({ result, isWrong }, index) =>
      result && !isWrong && result.state !== 'ok' ? `Line ${index + 1} ${result.text}.` : [],
    )
    .join(' ');
}
