import type { Warning } from '../../../schema/endpoints/objects.ts';
import { clockWords, SET_CLOCKS } from '../../base/clock-words.ts';
import type { TreeObject } from '../../objects/object.ts';
import { siteOf } from '../../site/site.ts';

/**
 * Processes of this tree whose clock is off: how old a session is follows from the clock of whoever wrote it, so what one
 * process writes another takes for over, and a browser that reaches both loses its session again and again.
 */
export async function clockWarnings(object: TreeObject): Promise<readonly Warning[]> {
  const { processes, clock } = siteOf(object);
  return (await processes.clocksThatAreOff()).map(({ pid, aheadS }) => ({
    severity: 'warning',
    text: `${clockWords(`Process ${pid}`, aheadS, clock(), `process ${process.pid}`)}: a browser that reaches both loses its session. ${SET_CLOCKS}`,
    short: 'A clock is off',
  }));
}
