import type { FieldResult } from '../../../schema/endpoints/forms.ts';

/** How one line stands: its result, or that it is being asked. */
export interface LineState {
  readonly text: string;
  readonly result: FieldResult | undefined;
  readonly isChecking: boolean;
  /** Breaks a rule, so that it cannot be saved. */
  readonly isWrong: boolean;
}

const WRONG = { state: 'down' } as const;

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
  const wrong = problemsByLine(error);
  return lines.map((text, index) => {
    const problem = wrong.get(index);
    const result = problem === undefined ? known.get(text.trim()) : { ...WRONG, text: beginningOf(problem) };
    const isBlank = text.trim() === '';
    return {
      text,
      result: result?.text ? result : undefined,
      isChecking: isChecking && !isBlank && result === undefined,
      isWrong: problem !== undefined,
    };
  });
}

/** What a refusal says of which lines, counted from 0: what it says of one begins with "Line 2: ". */
export function problemsByLine(error: string | undefined): ReadonlyMap<number, string> {
  const named = (error ?? '').split('\n').map((line) => /^Line (\d+): (.*)$/.exec(line));
  return new Map(named.flatMap((found) => (found ? [[Number(found[1]) - 1, found[2]!] as const] : [])));
}

/** What is wrong with a line, where it stands beside it: "is not host:port" of "'a;1' is not host:port. Write a server as …". */
function beginningOf(problem: string): string {
  return problem.replace(/^'[^']*' /, '').replace(/\.(\s.*)?$/, '');
}

/** What a screen reader hears when an answer has come: only what is not well. */
export function troubleIn(states: readonly LineState[]): string {
  return states
    .flatMap(({ result, isWrong }, index) =>
      result && !isWrong && result.state !== 'ok' ? `Line ${index + 1} ${result.text}.` : [],
    )
    .join(' ');
}
