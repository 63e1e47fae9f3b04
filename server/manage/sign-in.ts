import { createAdministrator, signIn, signOut, whoAmI, type LoginAnswer } from '../../schema/endpoints/sign-in.ts';
import { browserLabel } from '../base/browser-label.ts';
import { capability } from '../objects/capability.ts';
import { rolesOf } from '../security/policy.ts';
import type { SignedIn, ClientInfo } from '../security/login.ts';
import type { Call } from '../publisher/call.ts';
import { json, noContent, type Answering } from '../publisher/request.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { siteOf } from '../site/site.ts';

// Everybody has the permission View on the root: whoever signs in is nobody yet.
const EVERYBODY = 'View';

const me = method(whoAmI, {
  permission: EVERYBODY,
  run(call) {
    const { name, version, administrator } = siteOf(call);
    const user = call.user.name;
    const roles = rolesOf(call.user, { owner: null });
    if (user === null) return { user, roles, needsAdministrator: administrator.isNeeded };
    return { user, roles, instance: { name, version } };
  },
});

const login = method(signIn, {
  permission: EVERYBODY,
  async run(call) {
    const { name, password } = call.body;
    const { address } = call.request;
    const { logins, log } = siteOf(call);
    const { browser } = clientInfoOf(call);
    const signedIn = await logins.signIn({ name, password, address }, browser).catch((error: unknown) => {
      log.warn({ name: name.slice(0, 100), address, reason: (error as Error).message }, 'Somebody could not sign in');
      throw error;
    });
    const answer = await welcome(call, signedIn);
    await endFormerLogin(call);
    return answer;
  },
});

const logout = method(signOut, {
  permission: EVERYBODY,
  async run(call) {
    const cookies = await siteOf(call).loginCookie.lines(undefined, call.request);
    await endFormerLogin(call);
    await (await atAccess(call))?.signOut(call);
    return { ...noContent(), cookies };
  },
});

const administrator = method(createAdministrator, {
  permission: EVERYBODY,
  async run(call) {
    const site = siteOf(call);
    const user = await site.administrator.create(call.body);
    return welcome(call, await site.logins.begin(user, clientInfoOf(call)));
  },
});

/** Signing in and out. */
export const signInViews = viewsOn('root', me, login, logout, administrator);

/** What becomes of the session of the browser that asks, by the nearest session manager. */
interface AtAccess {
  signIn(call: Call, user: string): Promise<void>;
  signOut(call: Call): Promise<void>;
  /** To be called before the caller's own password is changed. */
  newPassword(call: Call): Promise<void>;
}

export const AT_ACCESS = capability<AtAccess>('session.at-access', 'what keeps sessions through signing in and out');

async function welcome(call: Call, { token, user, roles }: SignedIn): Promise<Answering<LoginAnswer>> {
  await (await atAccess(call))?.signIn(call, user);
  const answer: LoginAnswer = { user, roles: rolesOf({ name: user, roles }, { owner: null }) };
  return { ...json(answer), cookies: await siteOf(call).loginCookie.lines(token, call.request) };
}

async function atAccess({ object }: Call): Promise<AtAccess | undefined> {
  return (await object.findService(AT_ACCESS))?.provide(AT_ACCESS);
}

/** Changes of the caller's own account that end every login and session of theirs leave those that the call came with. */
export async function keepingOwn(call: Call, change: () => Promise<void>): Promise<void> {
  await (await atAccess(call))?.newPassword(call);
  const { logins, loginCookie } = siteOf(call);
  const token = await loginCookie.tokenIn(call.request);
  await (token === undefined ? change() : logins.keepThrough(token, change));
}

function clientInfoOf({ request }: Call): ClientInfo {
  return { address: request.address, browser: browserLabel(request.headers['user-agent'] ?? '') };
}

async function endFormerLogin(call: Call): Promise<void> {
  const { logins, loginCookie } = siteOf(call);
  for (const token of await loginCookie.tokensIn(call.request)) await logins.signOut(token);
}
