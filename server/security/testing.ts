import { Background } from '../base/background.ts';
import { openLog } from '../base/log.ts';
import { MemoryStorage } from '../storage/memory/memory-storage.ts';
import { Administrator } from './administrator.ts';
import { BasicLogins } from './basic.ts';
import { Credentials } from './credentials.ts';
import { Logins, type LoginRecord } from './login.ts';
import { Passwords } from './passwords.ts';
import type { TallyRow } from './tally.ts';
import { Throttle } from './throttle.ts';
import { Users, type UserRecord } from './users.ts';

/** Everything about signing in, over a storage in memory, with a clock to be turned by hand and hashes that cost little. */
export function signingIn() {
  let now = Date.UTC(2026, 10, 22);
  const clock = () => now;
  const storage = new MemoryStorage({ clock });
  const usersTable = storage.table<UserRecord>('users');
  const loginsTable = storage.table<LoginRecord>('logins');
  const linksTable = storage.table<number>('administrator');
  const endedUsers: string[] = [];
  const usersAtCost = (memoryKib: number) => {
    const passwords = new Passwords({ memoryKib, passes: 1, lanes: 1 });
    return new Users({ table: usersTable, endSessionsOf: (name) => endedUsers.push(name), clock, passwords });
  };
  const users = usersAtCost(64);
  const background = new Background(openLog('silent'));
  const table = storage.table<TallyRow>('wrong tries');
  const own = new MemoryStorage({ clock }).table<TallyRow>('wrong tries');
  const throttle = new Throttle({ table, own, secret: () => 'of tests', background, clock });
  const credentials = new Credentials(users, throttle);
  return {
    credentials,
    users,
    /** Whose sessions were ended, in that order. */
    endedUsers,
    /** The same users, with hashes that take so much memory. */
    usersAtCost,
    usersTable,
    loginsTable,
    linksTable,
    clock,
    logins: new Logins({ table: loginsTable, users, credentials, background, clock }),
    basic: new BasicLogins(credentials, users, clock),
    administrator: new Administrator({ table: linksTable, users, clock }),
    pass: (minutes: number) => (now += minutes * 60_000),
  };
}

export const MARY = { name: 'mary', password: 'plum tree blossom', roles: ['Manager'] };
export const OLGA = { name: 'olga', password: 'seven grey herons', roles: [] };
