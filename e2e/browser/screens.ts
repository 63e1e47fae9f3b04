import type { Page } from 'playwright/test';
import type { Client } from '../http/client.ts';
import { Browser, setUpSessions } from '../http/site.ts';
import { png } from '../support/chromium/images.ts';
import { Charts } from '../support/pages/charts.ts';
import { KeysTab } from '../support/pages/keys-tab.ts';
import { SessionsTab } from '../support/pages/sessions-tab.ts';
import { TemplateTab } from '../support/pages/template-tab.ts';
import { TestTab } from '../support/pages/test-tab.ts';

/** A screen of the interface, or a page of the site. */
export interface Screen {
  /** The address, with the tab. */
  readonly at: string;
  /** What its main part says once it is whole. */
  readonly ready: RegExp;
  /** What is done there before it is looked at, beginning with it as it was loaded. */
  readonly act?: (page: Page) => Promise<unknown>;
  /** Why something of it moves by itself while it loads: on a phone, or everywhere. */
  readonly movesOnPhone?: string;
  readonly moves?: string;
  /** Under which name pictures of it are taken. */
  readonly pictures?: string;
}

/** What a server shows that nobody has set up. */
export const FRESH: readonly Screen[] = [
  { at: '/', ready: /Manage the objects of this site/ },
  { at: '/no/such/page', ready: /There is no such page/ },
  { at: '/manage/@contents', ready: /New here\?/ },
  { at: '/manage/@start', ready: /Set up sessions in memcached/, pictures: 'start' },
  { at: '/manage/@setup-sessions', ready: /What will happen/ },
  { at: '/manage/@overview', ready: /What happened/ },
  { at: '/manage/@my-sessions', ready: /You have no sessions here/ },
  { at: '/manage/session_data_manager/@settings', ready: /Sessions are in this process now/ },
  { at: '/manage/temp_folder/session_data/@sessions', ready: /No sessions are kept here/ },
  { at: '/manage/temp_folder/session_data/@overview', ready: /Are sessions healthy/ },
  { at: '/manage/temp_folder/session_data/@statistics', ready: /Nothing was counted yet/ },
  { at: '/manage/temp_folder/session_data/@test', ready: /You have no session yet/ },
  { at: '/manage/temp_folder/@contents', ready: /session_data/ },
  { at: '/manage/no/such/object', ready: /There is no object/ },
];

/** Of a site that `furnish` has set up: what concerns sessions. */
export const SESSIONS: readonly Screen[] = [
  { at: '/manage/@start', ready: /Sessions are set up/ },
  { at: '/manage/@setup-sessions', ready: /Sessions are set up already/ },
  { at: '/manage/session_data_manager/@settings', ready: /Found: MemCache Session Data Container/ },
  { at: '/manage/browser_id_manager/@settings', ready: /Set-Cookie/ },
  {
    at: '/manage/mcsdc/@properties',
    ready: /Found: MemCache Proxy/,
    moves: 'what may be chosen is looked for in the tree',
  },
  { at: '/manage/mcsdc/@overview', ready: /Are sessions healthy/ },
  {
    at: '/manage/mcsdc/@sessions',
    ready: /may repeat or miss sessions/,
    movesOnPhone: 'what ends all is there once they are counted',
  },
  {
    at: '/manage/mcsdc/@sessions',
    ready: /may repeat or miss sessions/,
    act: openSession,
    movesOnPhone: 'as without it',
  },
  { at: '/manage/mcsdc/@test', ready: /Add Items to Session/, act: addItems, pictures: 'test' },
  { at: '/manage/mcsdc/@test', ready: /Add Items to Session/, act: checkRoundTrip },
  { at: '/manage/mcsdc/@statistics', ready: /Last 15 minutes/ },
  { at: '/manage/mcsdc/@statistics', ready: /Last 15 minutes/, act: showAsTable },
  { at: '/manage/@my-sessions', ready: /this device/ },
];

/** Of the same site: stores, and what they are looked into with. */
export const STORES: readonly Screen[] = [
  { at: '/manage/@overview', ready: /What happened/ },
  { at: '/manage/half/@overview', ready: /Are sessions healthy/ },
  { at: '/manage/half/@properties', ready: /answers in/ },
  { at: '/manage/half/@servers', ready: /Last 15 minutes/ },
  { at: '/manage/half/@servers', ready: /Last 15 minutes/, act: showAsTable },
  { at: '/manage/half/@keys', ready: /Not listed: 127\.0\.0\.1:1025 refused/ },
  { at: '/manage/mcproxy/@keys', ready: /may repeat or miss keys/ },
  { at: '/manage/mcproxy/@keys', ready: /may repeat or miss keys/, act: openKey },
  {
    at: '/manage/unset/@servers',
    ready: /There is no server to look at yet/,
    movesOnPhone: 'by a line of the head: whether servers answer is known later',
  },
  { at: '/manage/ram_cache/@properties', ready: /AUTHENTICATED_USER/ },
  { at: '/manage/ram_cache/@associate', ready: /Search sub-folders/ },
  { at: '/manage/ram_cache/@statistics', ready: /Hit rate/ },
];

/** Of the same site: its content. */
export const CONTENT: readonly Screen[] = [
  { at: '/manage/@contents', ready: /items$/, pictures: 'contents' },
  { at: '/manage/shelf/@contents', ready: /There are currently no items in 'shelf'/ },
  { at: '/manage/acl_users/@users', ready: /admin/ },
  { at: '/manage/index_html/@properties', ready: /Path/ },
  { at: '/manage/index_html/@edit', ready: /Source/, act: (page) => new TemplateTab(page).previewBody.waitFor() },
  { at: '/manage/index_html/@edit', ready: /Source/, act: editSource },
  { at: '/manage/index_html/@cache', ready: /RAM Cache Manager at/ },
  { at: '/manage/tree.png/@content', ready: /Its address is/ },
  { at: '/manage/empty/@content', ready: /Nothing was uploaded/ },
];

/** Sets up a site with something of everything that the screens show. */
export async function furnish(
  server: { readonly port: number; readonly url: string },
  api: Client,
  memcached: string,
): Promise<void> {
  await setUpSessions(server, [memcached]);
  const properties = { servers: [memcached, '127.0.0.1:1025', memcached.replace('127.0.0.1', 'localhost')] };
  await api('/api/', { body: { type: 'MemCache Proxy', id: 'half', properties } });
  const bytes = { raw: png(30, 20), headers: { 'content-type': 'application/octet-stream' } };
  await api('/api/@upload?id=tree.png', bytes);
  await api('/api/', { body: { type: 'File', id: 'empty' } });
  await api('/api/', { body: { type: 'Folder', id: 'shelf' } });
  await api('/api/', { body: { type: 'MemCache Proxy', id: 'unset' } });
  await api('/api/', { body: { type: 'RAM Cache Manager', id: 'ram_cache' } });
  await api('/api/index_html/@cache', { body: { manager: 'ram_cache' } });
  await api('/');
  for (const count of [1, 2, 3]) await new Browser(server).add(`number ${count}\npassword tiger`);
}

async function openSession(page: Page): Promise<void> {
  const tab = new SessionsTab(page);
  await tab.rows.first().click();
  await tab.item('number').waitFor();
}

async function openKey(page: Page): Promise<void> {
  const tab = new KeysTab(page);
  await tab.rows.last().click();
  await tab.detail.waitFor();
}

async function addItems(page: Page): Promise<void> {
  await new TestTab(page).add('key1 This is a long string value\nkey2 3\npassword tiger');
  await page.getByText('This is a long string value').last().waitFor();
}

async function checkRoundTrip(page: Page): Promise<void> {
  const tester = new TestTab(page);
  await tester.checkRoundTrip();
  await tester.verdict('Works.').waitFor();
}

async function showAsTable(page: Page): Promise<void> {
  await new Charts(page).button('Show as table').first().click();
  await page.getByRole('columnheader', { name: 'Time' }).first().waitFor();
}

async function editSource(page: Page): Promise<void> {
  const template = new TemplateTab(page);
  await template.button('Source').click();
  await template.source.waitFor();
}
