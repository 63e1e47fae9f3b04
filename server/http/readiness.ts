import { Unavailable } from '../base/errors.ts';
import { json, type Response } from '../publisher/request.ts';

/**
 * What a server needs before visitors are sent to it, by name. Each gives nothing where it is fine, and otherwise why it is
 * not, in a sentence for everybody: no path, no address. Asked often: it costs next to nothing, and asks no other machine
 * than that of the storage.
 */
export type ReadyChecks = Readonly<Record<string, () => string | undefined | Promise<string | undefined>>>;

/** Whether every check passes; Unavailable with the reasons where one does not. Only who may see them is given each by name. */
export async function readyAnswer(checks: ReadyChecks, isVerbose: boolean): Promise<Response> {
  const results = await checkAll(checks);
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

function checkAll(checks: ReadyChecks): Promise<readonly CheckResult[]> {
  const results = Object.entries(checks).map(async ([name, check]): Promise<CheckResult> => {
    const reason = await check();
    return reason === undefined ? { name, status: 'ok' } : { name, status: 'failed', reason };
  });
  return Promise.all(results);
}
