import type { UsersMessage } from '../../../schema/messages/users.ts';
import { ROLES } from '../../../schema/permissions.ts';
import { Invalid, NotFound } from '../../base/errors.ts';
import { defineType } from '../../objects/types.ts';
import type { Call } from '../../publisher/call.ts';
import { json, noContent } from '../../publisher/request.ts';
import { text, texts } from '../../../schema/json-schema.ts';
import { method } from '../../publisher/views.ts';
import { keepingOwn } from '../../manage/access.ts';
import { timeText } from '../../manage/describe.ts';
import { siteOf } from '../../site/site.ts';

const PERMISSION = 'Manage users';

const list = method({
  http: 'GET',
  permission: PERMISSION,
  summary: 'The users, and the roles that can be given to them.',
  run: (call) => usersMessage(call),
});

const add = method({
  http: 'POST',
  permission: PERMISSION,
  summary: 'Adds a user.',
  body: { name: text, password: text, roles: texts },
  async run(call) {
    const { name, password, roles } = call.body;
    await siteOf(call).users.add({ name, password, roles });
    return json(await usersMessage(call), { status: 201 });
  },
});

const change = method({
  http: 'PATCH',
  permission: PERMISSION,
  summary: 'Sets a user’s password or roles. A password ends their logins and sessions, except one’s own at hand.',
  tail: 'the name of the user',
  optional: { password: text, roles: texts },
  async run(call) {
    const name = named(call);
    const set = () => siteOf(call).users.change(name, call.body);
    await (name === call.user.name && call.body.password !== undefined ? keepingOwn(call, set) : set());
    return usersMessage(call);
  },
});

const remove = method({
  http: 'DELETE',
  permission: PERMISSION,
  summary: 'Removes a user and ends their logins and sessions.',
  tail: 'the name of the user',
  async run(call) {
    const name = named(call);
    if (name === call.user.name) throw new Invalid('You cannot remove yourself. Another Manager can.');
    await siteOf(call).users.remove(name);
    return noContent();
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
  tabs: [
    { id: 'users', label: 'Users', element: 'users-tab' },
    { id: 'properties', label: 'Properties', element: 'properties-tab' },
  ],
  methods: { users: [list, add, change, remove] },
  size(object) {
    const count = siteOf(object).users.names.length;
    return count === 1 ? '1 user' : `${count} users`;
  },
});

async function usersMessage(call: Call): Promise<UsersMessage> {
  const roles = ROLES.filter(({ isGivable }) => isGivable).map(({ name, description }) => ({ name, description }));
  const users = (await siteOf(call).users.list()).map(({ name, roles: given, created, lastSignIn }) => ({
    name,
    roles: given,
    created: timeText(created),
    lastSignIn: lastSignIn === null ? null : timeText(lastSignIn),
  }));
  return { users, roles };
}

function named(call: Call): string {
  const name = call.tail ?? '';
  if (siteOf(call).users.names.includes(name)) return name;
  throw new NotFound(`There is no user named '${name}'.`);
}
