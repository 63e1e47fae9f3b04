import { Problem, Unavailable } from '../../base/errors.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import type { SessionTransaction } from '../../sessions/session-transaction.ts';
import { Session } from '../../sessions/session.ts';
import { isOfApplication, mayHave } from '../../sessions/record/user-label.ts';
import type { Participant } from '../../transaction/transaction.ts';
import { containerBehind, containerObjects } from './container/container-objects.ts';
import { participantFor, sessionsBeside } from './current-session.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

/**
 * Signing in gives the browser's session another id, so that whoever knew the old one knows nothing; one of another user
 * ends. Where there is none, or memcached is out of reach, signing in goes on and the browser loses its id instead.
 */
export async function moveAtSignIn(manager: TreeObject, call: Call, name: string): Promise<void> {
  const sessions = await sessionsBeside(manager, call, { name });
  const browserId = sessions?.browserId;
  if (sessions === undefined || browserId === undefined) return;
  let isLost = false;
  const lose = () => (isLost = true);
  call.cookies.push(() => (isLost ? sessions.dropCookies : sessions.setCookies));
  call.transaction.join(sparing(sessions, lose));
  try {
    const { container } = await containerBehind(manager);
    const session = await sessions.open(container);
    if (!session.isNew) return session.rotate();
    lose();
    await container.endKey(container.keyOf(browserId));
  } catch (error) {
    lose();
    spare(error);
  }
}

/** One's own new password ends all of one's sessions but the one at hand, which gets another id. To be called before. */
export async function keepThroughNewPassword(manager: TreeObject, call: Call): Promise<void> {
  const sessions = await sessionsBeside(manager, call, { name: call.user.name, outlasts: true });
  if (sessions?.browserId === undefined) return;
  call.cookies.push(() => sessions.setCookies);
  call.transaction.join(sparing(sessions));
  try {
    const session = await sessions.open((await containerBehind(manager)).container);
    if (labelOf(session) === call.user.name) session.rotate();
  } catch (error) {
    spare(error);
  }
}

/**
 * Signing out takes the browser's id away, also where memcached is out of reach, and ends its sessions in every container.
 * Of what a part of the site keeps under ids of its own only what is the user's ends.
 */
export async function endAtSignOut(manager: TreeObject, call: Call): Promise<void> {
  const own = await sessionsBeside(manager, call, call.user);
  const dropped = new Set<string>(own?.browserId === undefined ? [] : own.dropCookies);
  const end = async (object: TreeObject): Promise<void> => {
    const sessions = await sessionsBeside(object, call, call.user);
    if (sessions?.browserId === undefined) return;
    const isOwn = sessions.browserId === own?.browserId;
    if (await endSession(object, sessions.browserId, { name: call.user.name, isOwn }))
      sessions.dropCookies.forEach((line) => dropped.add(line));
  };
  const objects = await containerObjects(call.tree);
  await Promise.all(objects.map((object) => end(object).catch(spare)));
  call.cookies.push(() => [...dropped]);
}

interface Leaving {
  /** `null`: no login is left. */
  readonly name: string | null;
  /** Whether the id is the one that is taken away in any case. */
  readonly isOwn: boolean;
}

function labelOf(session: Session): string | null {
  return Session.basisOf(session).header?.user ?? null;
}

/** Ends the session of a browser id in one container, if it is to end, and says whether it did. */
async function endSession(object: TreeObject, browserId: string, leaving: Leaving): Promise<boolean> {
  const container = await object.provide(SESSION_CONTAINER);
  try {
    const session = await container.load(browserId);
    if (session === undefined || session.isNew) return false;
    return mayEnd(leaving, labelOf(session)) && (await container.endKey(session.containerKey)) !== undefined;
  } catch (error) {
    if (error instanceof Unavailable && leaving.isOwn && leaving.name !== null) await container.noteEnded(browserId);
    throw error;
  }
}

/** What is nobody's needs no end where its id is gone, and none where anybody could have it ended. */
function mayEnd({ name, isOwn }: Leaving, label: string | null): boolean {
  if (isOwn && name !== null) return mayHave(name, label);
  return label !== null && !isOfApplication(label) && (name === null || label === name);
}

/** Who signs in or out does so whatever becomes of the session: out of reach, changed by others just now, too large by a name. */
function sparing(sessions: SessionTransaction, lose?: () => void): Participant {
  const failed = (error: unknown) => {
    lose?.();
    spare(error);
  };
  return { ...participantFor(sessions), commit: () => sessions.commit().catch(failed) };
}

function spare(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}
