import type { Warning } from '../../../../schema/endpoints/objects.ts';
import type { ValuesOf } from '../../../../schema/fields.ts';
import type { FieldProblem } from '../../../../schema/problems.ts';
import type { TreeObject } from '../../../objects/object.ts';
import { problemsOf, textOf, type Misfit } from '../../../manage/misfits.ts';
import type { containerFields } from './container-fields.ts';

type Times = ValuesOf<typeof containerFields>;

/** What is wrong with the given times of a container beside those that are kept. */
export function timeProblems(
  object: TreeObject,
  given: Readonly<Record<string, unknown>>,
): Promise<readonly FieldProblem[]> {
  return problemsOf(misfitsIn(timesOf(object)), object, given);
}

/** Of a container whose times were set before they were judged together. */
export function timeWarnings(object: TreeObject): readonly Warning[] {
  const link = { label: `Properties of ${object.path}`, path: object.path, tab: 'properties' };
  return misfitsIn(timesOf(object)).map((misfit) => ({
    severity: 'warning',
    text: textOf(misfit),
    short: 'Its times do not fit together',
    link,
  }));
}

/** A time of 0 is none, and fits every other. */
function misfitsIn({ timeout_minutes, max_lifetime_minutes, resolution_seconds }: Times): readonly Misfit[] {
  const timeoutS = timeout_minutes * 60;
  const isCoarse = timeoutS > 0 && resolution_seconds > timeoutS;
  const isShort = max_lifetime_minutes > 0 && max_lifetime_minutes < timeout_minutes;
  return [
    ...(isCoarse ? [coarse(timeout_minutes, resolution_seconds)] : []),
    ...(isShort ? [short(timeout_minutes, max_lifetime_minutes)] : []),
  ];
}

function coarse(timeout: number, resolution: number): Misfit {
  return {
    words: `Resolution cannot be greater than idle timeout minutes × 60 (${resolution} > ${timeout * 60}).`,
    remedies: [
      ['resolution_seconds', `Use at most ${timeout * 60} seconds.`],
      ['timeout_minutes', `Use at least ${minutes(Math.ceil(resolution / 60))}, or 0 for none.`],
    ],
  };
}

function short(timeout: number, longest: number): Misfit {
  return {
    words: `Longest life cannot be shorter than the idle timeout (${longest} < ${timeout}).`,
    remedies: [
      ['max_lifetime_minutes', `Use at least ${minutes(timeout)}, or 0 for no limit.`],
      ['timeout_minutes', `Use at most ${minutes(longest)}.`],
    ],
  };
}

function minutes(count: number): string {
  return count === 1 ? '1 minute' : `${count} minutes`;
}

function timesOf({ properties }: TreeObject): Times {
  return properties as unknown as Times;
}
