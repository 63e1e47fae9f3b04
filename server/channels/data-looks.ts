import type { Database } from '../objects/database.ts';
import type { Users } from '../security/users.ts';
import type { Processes } from '../site/processes.ts';
import type { Look } from './channels.ts';
import { Changes } from './changes.ts';

/** What is in the data file, whoever wrote it: objects, users, and which processes serve it. */
export function dataLooks(database: Database, users: Users, processes: Processes): readonly Look[] {
  const [tree, known, others] = [new Changes(), new Changes(), new Changes()];
  return [
    {
      task: 'look for changes of the tree',
      run: async (tell) => {
        const states = await Promise.all([database.main, database.memory].map(({ storage }) => storage.refresh()));
        if (tree.areIn(states)) tell('tree');
      },
    },
    {
      task: 'look for changes of the users',
      run: async (tell) => {
        if (known.areIn(await users.list())) tell('users');
      },
    },
    {
      task: 'look for other processes',
      every: 5,
      run: async (tell) => {
        const clocks = await processes.clocksThatAreOff();
        const now = [await processes.hasOthers(), clocks.map(({ pid }) => pid)];
        if (others.areIn(now)) tell('server', 'warnings');
      },
    },
  ];
}
