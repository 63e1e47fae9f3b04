import { listServers } from '../../../schema/endpoints/servers.ts';
import { serversHistory } from '../../../schema/endpoints/history.ts';
import { timeText } from '../../manage/describe.ts';
import { method } from '../../publisher/views.ts';
import { siteOf } from '../../site/site.ts';
import { formerMessage } from './former-words.ts';
import { recentServers } from './server-history.ts';
import { askServers, serverMessage, startCommand } from './servers.ts';
import { replicasOf, storeOf } from './store.ts';

const servers = method(listServers, {
  permission: 'View management screens',
  async run({ object }) {
    const { statuses, former } = await askServers(await storeOf(object));
    const now = siteOf(object).clock();
    return {
      servers: statuses.map((status) => serverMessage(status, now)),
      former: former.map((each) => formerMessage(each, replicasOf(object), now)),
      startCommand: startCommand(statuses),
      checked: timeText(now),
    };
  },
});

const history = method(serversHistory, {
  permission: 'View management screens',
  run: async ({ object }) => recentServers(await storeOf(object), siteOf(object).clock()),
});

/** What the Servers tab asks of any object that provides a store. */
export const storeMethods = { servers, history };
