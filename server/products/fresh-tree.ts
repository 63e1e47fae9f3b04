import { MARK, PAGE_STYLES } from '../base/page-look.ts';
import type { Database } from '../objects/database.ts';
import { ROOT } from '../objects/object.ts';
import type { ObjectState } from '../storage/storage.ts';

const WELCOME = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{ template.title }} to Trellis</title>
    <style>${PAGE_STYLES}</style>
  </head>
  <body>
    <header>${MARK}Trellis</header>
    <main>
      <h1>Welcome to Trellis</h1>
      <p>This page is the object <code>{{ template.path }}</code>{% if user %}, made for {{ user.name }}{% endif %}. Change it, or put another in its place.</p>
      <nav aria-label="Ways on"><a href="/manage">Manage the objects of this site</a></nav>
    </main>
  </body>
</html>
`;

const OBJECTS = [
  { id: 'acl_users', type: 'User Folder', title: 'Users' },
  { id: 'browser_id_manager', type: 'Browser Id Manager', title: 'Browser Id Manager' },
  {
    id: 'session_data_manager',
    type: 'Session Data Manager',
    title: 'Session Data Manager',
    properties: { container_path: '/temp_folder/session_data', request_name: 'SESSION' },
  },
  { id: 'temp_folder', type: 'Temporary Folder', title: 'Temporary Folder' },
  { id: 'index_html', type: 'Page Template', title: 'Welcome', properties: { text: WELCOME } },
];

/** How many transactions it takes to make the tree that a new installation begins with. */
export const FIRST_TRANSACTIONS = 2;

/** Makes the tree that a new installation begins with, or the rest of one whose making was cut short. */
export async function plantTree(database: Database): Promise<void> {
  const { storage } = database.main;
  if ((await storage.load(ROOT, await storage.refresh())) === undefined) await plantRoot(database);
  const tree = await database.open(null);
  const root = await tree.root();
  if (root.childCount > 0) return;
  for (const object of OBJECTS) tree.add(root, object);
  await tree.commit('Made the first objects');
}

async function plantRoot(database: Database): Promise<void> {
  const now = database.clock();
  const root: ObjectState = {
    oid: ROOT,
    parent: null,
    id: '',
    type: 'Folder',
    title: '',
    owner: null,
    properties: {},
    created: now,
    modified: now,
    modifiedBy: null,
    revision: 1,
  };
  const change = { oid: ROOT, basis: null, after: root, links: [] };
  await database.main.storage.commit({ changes: [change], user: null, description: 'Made the root', time: now });
}

/** Puts what a temporary folder has from the start into this process's memory, at each start. */
export async function plantTemporary(database: Database): Promise<void> {
  const tree = await database.open(null);
  const folder = await tree.find('/temp_folder');
  if (folder?.definition?.contains !== 'volatile') return;
  tree.add(folder, { id: 'session_data', type: 'Transient Object Container', title: 'Session data' });
  await tree.commit('Made the contents of temp_folder');
}
