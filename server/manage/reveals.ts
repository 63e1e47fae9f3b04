import { listReveals } from '../../schema/endpoints/reveals.ts';
import type { Call } from '../publisher/call.ts';
import { method, type Method } from '../publisher/views.ts';
import type { Reveal } from '../security/reveals.ts';
import { siteOf } from '../site/site.ts';
import { timeText } from './describe.ts';

const SHOWN = 100;

/** Records that the caller is about to be shown what is obscured elsewhere, in the data file and in the log. */
export async function recordReveal(call: Call, what: Omit<Reveal, 'by' | 'address'>): Promise<void> {
  const { object, request, user } = call;
  const { reveals, log } = siteOf(call);
  const reveal = { by: user.name ?? '', address: request.address, ...what };
  await reveals.record(object, reveal);
  log.info({ ...reveal, object: object.path }, 'An obscured value was revealed');
}

/** Who looked, for those who may look themselves. */
export function revealsMethod(permission: string): Method {
  return method(listReveals, {
    permission,
    async run(call) {
      call.keepPrivate();
      const all = await siteOf(call).reveals.of(call.object, call.request.query.get('key') ?? undefined);
      const reveals = all.slice(0, SHOWN).map(({ time, by, address, key, owner, item }) => {
        return { by, time: timeText(time), address, key, owner, item };
      });
      return { total: all.length, reveals };
    },
  });
}
