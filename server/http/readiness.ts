import { Unavailable } from '../base/errors.ts';
import { json, type Response } from '../publisher/request.ts';

/**
 * What a server needs before visitors are sent to it, by name. Each gives nothing where it is fine, and otherwise why it is
 * not, in a sentence for everybody: no path, no address. Asked often: it costs next to nothing, and asks no other machine.
 */
export type ReadyChecks = Readonly<Record<string, () => string | undefined>>;

/** Whether every check passes; Unavailable with the reasons where one does not. Only who may see them is given each by name. */
export function readyAnswer(checks: ReadyChecks, isVerbose: boolean): Response {
  const results = checkAll(checks);
  const members = isVerbose ? { checks: results } : {};
  const reasons = results.flatMap(({ reason }) => reason ?? []);
  if (reasons.length > 0) throw new Unavailable(reasons.join(' '), { members, audience: 'anybody' });
  return json({ status: 'ok', ...members });
}

interface CheckResult {
  readonly name: string;
  readonly status: 'ok' | 'failed';
  readonly reason?: string;
}

function checkAll(checks: ReadyChecks): readonly CheckResult[] {
  return Object.entries(checks).map(([name, check]) => {
    const reason = check();
    return reason === undefined ? { name, status: 'ok' } : { name, status: 'failed', reason };
  });
}
