import * as access from '../../schema/endpoints/sign-in.ts';
import type { AdministratorRequest, LoginAnswer, LoginRequest, Me } from '../../schema/endpoints/sign-in.ts';
import { onNobodySignedIn } from '../api/request.ts';
import { attempt } from '../api/attempt.ts';
import { call } from '../api/call.ts';
import { hasEnded } from '../state/ended.ts';
import { Observable } from '../state/observable.ts';

/** Who is signed in; `undefined` until the server has said. */
export const identity = new Observable<Me | undefined>(undefined);

/** Whose session ended looks at the page as it is, until they want something of the server. */
export const isPutAside = new Observable(false);

/** Somebody signed out here, and nobody signed in since. */
export const hasLeft = new Observable(false);

onNobodySignedIn(() => {
  if (!identity.get()?.user) return;
  hasEnded.set(true);
  isPutAside.set(false);
});

export async function findOut(): Promise<void> {
  identity.set(await call(access.whoAmI, '/'));
}

export async function signIn(request: LoginRequest): Promise<void> {
  await become(await call(access.signIn, '/', request));
}

export async function becomeAdministrator(request: AdministratorRequest): Promise<void> {
  await become(await call(access.createAdministrator, '/', request));
}

async function signOut(): Promise<void> {
  await call(access.signOut, '/', {});
  const me = identity.get();
  if (!me) return;
  seenBy = me.user;
  hasLeft.set(true);
  identity.set({ user: null, roles: [], needsAdministrator: false });
}

/** Signs out, and says so where that fails. */
export async function leave(): Promise<void> {
  await attempt('Could not sign out', signOut);
}

/** Who saw this page before they signed out. */
let seenBy: string | null = null;

async function become({ user }: LoginAnswer): Promise<void> {
  const me = identity.get();
  if (!me) return;
  const before = me.user ?? seenBy;
  // What the page holds of somebody else, on the screen and off it, is gone for certain with the page itself.
  if (before !== null && before !== user) return location.reload();
  const now = await call(access.whoAmI, '/');
  hasEnded.set(false);
  hasLeft.set(false);
  identity.set(now);
}
