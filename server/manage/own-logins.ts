import type { EndedOthers, OwnLoginsMessage } from '../../schema/messages/own-sessions.ts';
import { NotFound } from '../base/errors.ts';
import type { Call } from '../publisher/call.ts';
import { noContent } from '../publisher/request.ts';
import { method, type View } from '../publisher/views.ts';
import { siteOf } from '../site/site.ts';
import { timeText } from './describe.ts';

const PERMISSION = 'Look after own sessions';

const list = method({
  http: 'GET',
  permission: PERMISSION,
  summary: 'The caller’s own logins to the interface.',
  async run(call): Promise<OwnLoginsMessage> {
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

const endOne = method({
  http: 'DELETE',
  permission: PERMISSION,
  summary: 'Ends one of the caller’s own logins.',
  tail: 'the id of the login, from the list',
  async run(call) {
    const { logins, log } = siteOf(call);
    const ended = await logins.end(nameOf(call), [call.tail ?? '']);
    if (ended === 0) throw new NotFound('You have no such login. It may have ended.');
    log.info({ by: call.user.name, login: call.tail }, 'A login was ended by its user');
    return noContent();
  },
});

const endOthers = method({
  http: 'POST',
  permission: PERMISSION,
  summary: 'Ends all of the caller’s own logins but the one that this request came with.',
  tail: '`@end-others`',
  async run(call): Promise<EndedOthers> {
    if (call.tail !== '@end-others') throw new NotFound('There is nothing at this address. Use …/@end-others.');
    const { logins, log } = siteOf(call);
    const name = nameOf(call);
    const thisLogin = await idOfThis(call);
    const others = (await logins.of(name)).filter(({ id }) => id !== thisLogin);
    const ended = await logins.end(
      name,
      others.map(({ id }) => id),
    );
    log.info({ by: name, ended }, 'All other logins of a user were ended by its user');
    return { ended, unseen: [] };
  },
});

/** Everybody's own logins. Nobody else's can be named here. */
export const ownLoginViews: readonly View[] = [{ name: 'my-logins', on: 'root', methods: [list, endOne, endOthers] }];

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
