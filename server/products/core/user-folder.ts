import { addUser, changeUser, listUsers, removeUser, type UsersMessage } from '../../../schema/endpoints/users.ts';
import { visible } from '../../../schema/invisible.ts';
import { ROLES } from '../../../schema/permissions.ts';
import { Invalid, NotFound } from '../../base/errors.ts';
import { defineType } from '../../objects/types.ts';
import type { Call } from '../../publisher/call.ts';
import { json } from '../../publisher/request.ts';
import { byView, method } from '../../publisher/views.ts';
import { keepingOwn } from '../../manage/sign-in.ts';
import { timeOrNull, timeText } from '../../manage/describe.ts';
import { siteOf } from '../../site/site.ts';

const PERMISSION = 'Manage users';

const list = method(listUsers, {
  permission: PERMISSION,
  run: (call) => usersMessage(call),
});

const add = method(addUser, {
  permission: PERMISSION,
  async run(call) {
    const { name, password, roles } = call.body;
    await siteOf(call).users.add({ name, password, roles });
    return json(await usersMessage(call), { status: 201 });
  },
});

const change = method(changeUser, {
  permission: PERMISSION,
  async run(call) {
    const name = named(call);
    const set = () => siteOf(call).users.change(name, call.body);
    await (name === call.user.name && call.body.password !== undefined ? keepingOwn(call, set) : set());
    return usersMessage(call);
  },
});

const remove = method(removeUser, {
  permission: PERMISSION,
  async run(call) {
    const name = named(call);
    if (name === call.user.name) throw new Invalid('You cannot remove yourself. Another Manager can.');
    await siteOf(call).users.remove(name);
  },
});

/** Who may sign in. Names and roles are kept apart from the tree's history, and passwords only as hashes. */
export const userFolder = defineType({
  type: 'User Folder',
  description: 'Who may sign in',
  icon: 'users',
  group: 'Folders',
  suggestedId: 'acl_users',
  addPermission: 'Add User Folders',
  hidden: true,
  isEssential: true,
  properties: {},
  ui: {
    tabs: [
      { id: 'users', label: 'Users', element: 'users-tab' },
      { id: 'properties', label: 'Properties', element: 'properties-tab' },
    ],
    size(object) {
      const count = siteOf(object).users.names.length;
      return count === 1 ? '1 user' : `${count} users`;
    },
  },
  publish: { methods: byView(list, add, change, remove) },
});

async function usersMessage(call: Call): Promise<UsersMessage> {
  const roles = ROLES.filter(({ isGivable }) => isGivable).map(({ name, description }) => ({ name, description }));
  const users = (await siteOf(call).users.list()).map(({ name, roles: given, created, lastSignIn }) => ({
    name,
    roles: given,
    created: timeText(created),
    lastSignIn: timeOrNull(lastSignIn),
  }));
  return { users, roles };
}

function named(call: Call): string {
  const name = call.tail ?? '';
  if (siteOf(call).users.names.includes(name)) return name;
  throw new NotFound(`There is no user named '${visible(name)}'.`);
}
