import { p } from '../../../../schema/fields.ts';

/** What every session data container lets one set, wherever it keeps its sessions. */
export const containerFields = {
  timeout_minutes: p.integer({
    title: 'Idle timeout',
    help: 'A session that is not used for so long ends. 0: never. A change applies at the next access.',
    default: 20,
    minimum: 0,
    maximum: 527_040,
    unit: 'minutes',
  }),
  max_lifetime_minutes: p.integer({
    title: 'Longest life',
    help: 'A session ends after so long, however much it is used. 0: no limit.',
    default: 0,
    minimum: 0,
    maximum: 527_040,
    unit: 'minutes',
  }),
  resolution_seconds: p.integer({
    title: 'Resolution',
    help: 'The time of the last access is written at most this often.',
    default: 20,
    minimum: 1,
    maximum: 3600,
    unit: 'seconds',
  }),
  on_conflict: p.selection({
    title: 'On a conflict',
    help: 'When two requests change one key at once and neither can be run again: a foreign application’s.',
    choices: { newest: 'The newest change wins', fail: 'The later request fails' },
    default: 'newest',
  }),
};
