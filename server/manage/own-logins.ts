import { endOtherLogins, endOwnLogin, listOwnLogins } from '../../schema/endpoints/own-sessions.ts';
import { NotFound } from '../base/errors.ts';
import type { Call } from '../publisher/call.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { siteOf } from '../site/site.ts';
import { timeText } from './describe.ts';

/** What everybody has who is signed in. */
export const OWN = 'Look after own sessions';

const list = method(listOwnLogins, {
  permission: OWN,
  async run(call) {
    call.keepPrivate();
    const thisLogin = await idOfThis(call);
    const logins = await siteOf(call).logins.of(nameOf(call));
    return {
      logins: logins.map(({ id, created, lastSeen, expires, address, browser }) => {
        const times = { started: timeText(created), lastSeen: timeText(lastSeen), expires: timeText(expires) };
        return { id, ...times, address, browser, isThis: id === thisLogin };
      }),
    };
  },
});

const endOne = method(endOwnLogin, {
  permission: OWN,
  async run(call) {
    const { logins, log } = siteOf(call);
    const ended = await logins.end(nameOf(call), [call.tail ?? '']);
    if (ended === 0) throw new NotFound('You have no such login. It may have ended.');
    log.info({ by: call.user.name, login: call.tail }, 'A login was ended by its user');
  },
});

const endOthers = method(endOtherLogins, {
  permission: OWN,
  async run(call) {
    const { logins, log } = siteOf(call);
    const name = nameOf(call);
    const thisLogin = await idOfThis(call);
    const all = (await logins.of(name)).map(({ id }) => id);
    const others = all.filter((id) => id !== thisLogin);
    const ended = await logins.end(name, others);
    log.info({ by: name, ended }, 'All other logins of a user were ended by its user');
    return { ended, unseen: [] };
  },
});

/** Everybody's own logins. Nobody else's can be named here. */
export const ownLoginViews = viewsOn('root', list, endOne, endOthers);

/** Nobody has the permission who is not signed in. */
function nameOf({ user }: Call): string {
  return user.name ?? '';
}

/** `undefined` for a program that sends its password with each request. */
async function idOfThis(call: Call): Promise<string | undefined> {
  const { logins, loginCookie } = siteOf(call);
  const token = await loginCookie.tokenIn(call.request);
  return token === undefined ? undefined : logins.idOf(token);
}
