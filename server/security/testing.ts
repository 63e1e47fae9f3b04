import { Background } from '../base/background.ts';
import { openLog } from '../base/log.ts';
import { MemoryStorage } from '../storage/memory/memory-storage.ts';
import { MemoryTable } from '../storage/memory-table.ts';
import { Administrator } from './administrator.ts';
import { BasicLogins } from './basic.ts';
import { Credentials } from './credentials.ts';
import { Logins, type LoginRecord } from './login.ts';
import { Passwords } from './passwords.ts';
import type { TallyRow } from './tally.ts';
import { Throttle } from './throttle.ts';
import { Users, type UserRecord } from './users.ts';

/** Everything about signing in, over a storage in memory, with a clock to be turned by hand and hashes that cost little. */
export async function signingIn() {
  let now = Date.UTC(2026, 10, 22);
  const clock = () => now;
  const { tables } = new MemoryStorage({ clock });
  const usersTable = await tables.small<UserRecord>('users');
  const signIns = tables.keyed<number>('sign-ins');
  const loginsTable = tables.keyed<LoginRecord>('logins');
  const linksTable = tables.keyed<number>('administrator');
  const endedUsers: string[] = [];
  const usersAtCost = (memoryKib: number) => {
    const passwords = new Passwords({ memoryKib, passes: 1, lanes: 1 });
    const endSessionsOf = (name: string) => void endedUsers.push(name);
    return new Users({ table: usersTable, signIns, endSessionsOf, clock, passwords });
  };
  const users = usersAtCost(64);
  const background = new Background(openLog('silent'));
  const table = tables.keyed<TallyRow>('wrong tries');
  const own = new MemoryTable<TallyRow>(clock);
  const throttle = new Throttle({ table, own, secret: async () => 'of tests', background, clock });
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
