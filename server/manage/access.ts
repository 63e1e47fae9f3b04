import type { LoginAnswer, Me } from '../../schema/messages/access.ts';
import { browserLabel } from '../base/browser-label.ts';
import { capability } from '../objects/capability.ts';
import { rolesOf } from '../security/policy.ts';
import type { SignedIn, ClientInfo } from '../security/login.ts';
import type { Call } from '../publisher/call.ts';
import { json, noContent, type Response } from '../publisher/request.ts';
import { text } from '../../schema/json-schema.ts';
import { method, type View } from '../publisher/views.ts';
import { siteOf } from '../site/site.ts';

// Everybody has the permission View on the root: whoever signs in is nobody yet.
const EVERYBODY = 'View';

const me = method({
  http: 'GET',
  permission: EVERYBODY,
  summary: 'Who is asking, and, for who is signed in, of which installation.',
  run(call): Me {
    const { name, version, administrator } = siteOf(call);
    const user = call.user.name;
    const roles = rolesOf(call.user, { owner: null });
    if (user === null) return { user, roles, needsAdministrator: administrator.isNeeded };
    return { user, roles, instance: { name, version } };
  },
});

const login = method({
  http: 'POST',
  permission: EVERYBODY,
  summary: 'Signs in: 200 and a cookie, or 401.',
  body: { name: text, password: text },
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

const logout = method({
  http: 'POST',
  permission: EVERYBODY,
  summary: 'Ends the login of this cookie and the session of this browser.',
  async run(call) {
    const cookies = await siteOf(call).loginCookie.lines(undefined, call.request);
    await endFormerLogin(call);
    await (await atAccess(call))?.signOut(call);
    return { ...noContent(), cookies };
  },
});

const administrator = method({
  http: 'POST',
  permission: EVERYBODY,
  summary: 'Makes the first administrator by the one-time link of the first start, and signs in.',
  body: { token: text, name: text, password: text },
  async run(call) {
    const site = siteOf(call);
    const user = await site.administrator.create(call.body);
    return welcome(call, await site.logins.begin(user, clientInfoOf(call)));
  },
});

/** Signing in and out. */
export const accessViews: readonly View[] = [
  { name: 'me', on: 'root', methods: [me] },
  { name: 'login', on: 'root', methods: [login] },
  { name: 'logout', on: 'root', methods: [logout] },
  { name: 'administrator', on: 'root', methods: [administrator] },
];

/** What becomes of the session of the browser that asks, by the nearest session manager. */
interface AtAccess {
  signIn(call: Call, user: string): Promise<void>;
  signOut(call: Call): Promise<void>;
  /** To be called before the caller's own password is changed. */
  newPassword(call: Call): Promise<void>;
}

export const AT_ACCESS = capability<AtAccess>('session.at-access', 'what keeps sessions through signing in and out');

async function welcome(call: Call, { token, user, roles }: SignedIn): Promise<Response> {
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
