import type { FieldProblem } from '../../schema/problems.ts';
import type { TreeObject } from '../objects/object.ts';

/** What would mend a setting, as a sentence. */
export type SettingRemedy = readonly [name: string, remedy: string];

/** Settings that cannot work as they stand together. Any of those named may be mended; the first where all are new. */
export interface Misfit {
  readonly words: string;
  readonly remedies: readonly SettingRemedy[];
}

/** Misfits that a change brings, each said at a setting that is changed. What stood before keeps nobody from other changes. */
export async function problemsOf(
  misfits: readonly Misfit[],
  object: TreeObject,
  given: Readonly<Record<string, unknown>>,
): Promise<readonly FieldProblem[]> {
  const kept = (await object.tree.find(object.path))?.properties ?? {};
  const isChanged = (name: string) => given[name] !== undefined && given[name] !== kept[name];
  return misfits.flatMap(({ words, remedies }) => {
    const named = remedies.find(([name]) => isChanged(name)) ?? remedies.find(([name]) => given[name] !== undefined);
    return named === undefined ? [] : [{ pointer: `/properties/${named[0]}`, detail: `${words} ${named[1]}` }];
  });
}

/** A misfit in one sentence or two, with what to do. */
export function textOf({ words, remedies: [first] }: Misfit): string {
  return `${words} ${first?.[1] ?? ''}`;
}
