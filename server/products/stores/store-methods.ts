import { listServers } from '../../../schema/endpoints/servers.ts';
import { timeText } from '../../manage/describe.ts';
import { method } from '../../publisher/views.ts';
import { siteOf } from '../../site/site.ts';
import { formerMessage } from './former-words.ts';
import { recentMethod } from './recent.ts';
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

/** What the Servers and Overview tabs ask of any object that provides a store. */
export const storeMethods = { servers, recent: recentMethod };
