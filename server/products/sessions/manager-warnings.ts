import type { Warning } from '../../../schema/endpoints/objects.ts';
import { sessionNameProblem } from '../../../schema/page-names.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Need } from '../../objects/types.ts';
import { siteOf } from '../../site/site.ts';
import { knownServers } from '../stores/servers.ts';
import { STORE, storeOf } from '../stores/store.ts';
import { clockWarnings } from './clock-warnings.ts';
import { pathOf, wayFrom } from './session-way.ts';
import { BROWSER_IDS } from './browser-ids/browser-ids.ts';

/** Said before the reason while there is no way from a session data manager to a container. */
export const SESSIONS_OFF =
  'Sessioning is currently disabled because the session data container path setting is invalid. Please enter the path to a valid session data container object.';

/** Why requests have no session, or not the one that they should have. A path that leads nowhere is told of by itself. */
export async function managerWarnings(manager: TreeObject): Promise<readonly Warning[]> {
  const path = String(manager.properties['container_path']);
  const container = await manager.tree.find(path);
  return [
    ...(path === '' ? [noPath(manager)] : []),
    ...(await noBrowserIds(container ?? manager)),
    ...(await brokenFurtherOn(manager)),
    ...(container === undefined ? [] : await kept(manager, container)),
    ...wrongName(manager),
  ];
}

function noPath(manager: TreeObject): Warning {
  return {
    severity: 'warning',
    text: `${SESSIONS_OFF} The path is empty.`,
    short: 'Sessions are off',
    link: setUp(manager),
  };
}

/** Where the way breaks behind the container, as far as is known without asking. The manager's own path is told of by itself. */
async function brokenFurtherOn(manager: TreeObject): Promise<readonly Warning[]> {
  const last = (await wayFrom(manager)).at(-1);
  if (last === undefined || last === manager) return [];
  const path = pathOf(last);
  const why =
    path !== undefined
      ? `${path.name} ${path.value === '' ? 'is empty' : 'leads nowhere'}`
      : (await isSilent(last))
        ? 'no server answers'
        : undefined;
  if (why === undefined) return [];
  const link = { label: `Go to ${last.path}`, path: last.path, tab: path === undefined ? 'servers' : 'properties' };
  return [{ severity: 'danger', text: `Sessions are off: ${last.path}: ${why}.`, short: 'Sessions are off', link }];
}

async function isSilent(object: TreeObject): Promise<boolean> {
  if (!object.doesProvide(STORE)) return false;
  const { statuses } = await knownServers(await storeOf(object));
  return statuses.length > 0 && statuses.every(({ up }) => !up);
}

/** Browser ids are those that hold where the container is. */
async function noBrowserIds(from: TreeObject): Promise<readonly Warning[]> {
  if ((await from.findService(BROWSER_IDS)) !== undefined) return [];
  const text = `Sessioning is currently disabled. ${NO_BROWSER_IDS} Add one to the root, or between it and ${from.path}.`;
  const link = { label: 'Add a Browser Id Manager', path: '/', tab: 'contents' };
  return [{ severity: 'danger', text, short: 'Sessions are off', link }];
}

export const NO_BROWSER_IDS = 'No browser id manager named browser_id_manager could be found.';

/** What everything needs that keeps sessions. */
export const NEEDS_BROWSER_IDS: readonly Need[] = [
  { capability: BROWSER_IDS, text: NO_BROWSER_IDS, short: 'No browser id manager', loss: 'sessions are off' },
];

async function kept(manager: TreeObject, container: TreeObject): Promise<readonly Warning[]> {
  if (container.oid > 0 || !(await siteOf(manager).processes.hasOthers())) return clockWarnings(manager);
  const text = `Sessions are not shared: another process serves this tree, and those in ${container.path} are in the memory of each. Keep them in a MemCache Session Data Container.`;
  return [{ severity: 'warning', text, short: 'Sessions are not shared', link: setUp(manager) }];
}

/** Of a manager whose name for the session was set before it was judged. */
function wrongName(manager: TreeObject): readonly Warning[] {
  const text = sessionNameProblem(String(manager.properties['request_name']));
  if (text === undefined) return [];
  const link = { label: `Settings of ${manager.path}`, path: manager.path, tab: 'settings' };
  return [{ severity: 'warning', text, short: 'Pages cannot use its request_name', link }];
}

function setUp(manager: TreeObject): NonNullable<Warning['link']> {
  return { label: 'Set up sessions', path: manager.parent?.path ?? '/', tab: 'setup-sessions' };
}
