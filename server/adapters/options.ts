import { is, isPlain, isText, optional, required, shaped, shown, type Shape, type ShapeOf } from '../base/shape.ts';
import type { KoaSessionsOptions } from './koa.ts';
import type { OpenSessionsOptions } from './open-sessions.ts';

const folder = "the data folder of a Trellis server on this machine, such as '/srv/trellis/var'";
const manager = "the path of a Session Data Manager in its tree, such as '/session_data_manager'";

export const OPEN_SESSIONS: ShapeOf<OpenSessionsOptions> = {
  data: required(isText(folder, (value) => value !== '' && !value.includes('\0'))),
  manager: required(isText(manager, (value) => /^(\/[^/\0]+)+\/?$/.test(value))),
  environment: optional(is('an object such as `process.env`', isPlain)),
};

export const KOA_SESSIONS: ShapeOf<KoaSessionsOptions> = {
  user: optional(is('a function that gives a name, or null', (value) => typeof value === 'function')),
};

/** Refuses options that can never work, with all that is wrong: whoever wrote the application mends that, not the tree. */
export function checkOptions(of: string, shape: Shape, options: unknown): void {
  const mistakes = shaped(`the options of ${of}`, shape).find(options, '');
  if (mistakes.length === 0) return;
  const sentences = mistakes.map(({ at, says }) => `${of}: the ${at === '' ? 'argument' : `option '${at}'`} ${says}`);
  throw new TypeError(sentences.join('\n'));
}

/** Who is signed in, as the application says. */
export function nameFrom(user: unknown): string | null {
  if (user === undefined || user === null) return null;
  if (typeof user === 'string') return user;
  throw new TypeError(`koaSessions: the option 'user' gave ${shown(user)}. It must give a name, or null for nobody.`);
}
