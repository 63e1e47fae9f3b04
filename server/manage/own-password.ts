import { composed } from '../../schema/composed.ts';
import { changeOwnPassword } from '../../schema/endpoints/sign-in.ts';
import { invalidAt, NotSignedIn } from '../base/errors.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { checkPassword } from '../security/passwords.ts';
import { siteOf } from '../site/site.ts';
import { OWN } from './own-logins.ts';
import { keepingOwn } from './sign-in.ts';

const change = method(changeOwnPassword, {
  permission: OWN,
  async run(call) {
    const { credentials, users, log } = siteOf(call);
    const { password, new: wanted } = call.body;
    // Nobody has the permission who is not signed in.
    const name = call.user.name ?? '';
    const problem = checkPassword(wanted, name);
    if (problem !== undefined) throw invalidAt('/new', problem);
    await credentials.check({ name, password, address: call.request.address }).catch((error: unknown) => {
      // They are signed in, and stay so.
      throw error instanceof NotSignedIn ? invalidAt('/password', 'This is not your present password.') : error;
    });
    // Told to none but who knows it.
    if (composed(wanted) === composed(password))
      throw invalidAt('/new', 'That is your present password. Choose another one.');
    await keepingOwn(call, () => users.changePassword(name, wanted));
    log.info({ by: name }, 'A password was changed by its user');
  },
});

/** Everybody's own password. */
export const ownPasswordViews = viewsOn('root', change);
