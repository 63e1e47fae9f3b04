import { normaliseId } from '../../../schema/ids.ts';
import type { FieldResult } from '../../../schema/endpoints/forms.ts';
import type { FieldProblem } from '../../../schema/problems.ts';
import {
  lookAtSetup,
  lookForMemcached,
  setUpSessions,
  type LocalMemcached,
  type SetupAnswer,
  type SetupMessage,
  type SilentServers,
} from '../../../schema/endpoints/setup.ts';
import { encodeUrlPath } from '../../../schema/paths.ts';
import { checkProperties, idProblem, refuse, resultsOf } from '../../manage/checks.ts';
import { changePermission, SEE } from '../../manage/describe.ts';
import { requirePermission } from '../../manage/object.ts';
import { Saying } from '../../manage/saying.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { TypeDefinition } from '../../objects/types.ts';
import type { Call, ChangingCall } from '../../publisher/call.ts';
import { json } from '../../publisher/request.ts';
import { method, type View } from '../../publisher/views.ts';
import { Problem } from '../../base/errors.ts';
import { REASONS } from '../../memcache/errors.ts';
import type { ServerStatus } from '../../memcache/store.ts';
import { containerObjects } from '../sessions/container/container-objects.ts';
import { browserIdManager } from '../sessions/browser-ids/browser-id-manager.ts';
import { chainOf } from '../sessions/session-chain.ts';
import { wayFrom } from '../sessions/session-way.ts';
import { sessionDataManager } from '../sessions/session-data-manager.ts';
import { memCacheProxy } from './memcache-proxy.ts';
import { memCacheSessionDataContainer } from './memcache-session-data-container.ts';
import { answerFrom, probe, resultOf, startCommand } from '../stores/servers.ts';
import { replicasOf, STORE } from '../stores/store.ts';
import { BROWSER_IDS } from '../sessions/browser-ids/browser-ids.ts';
import { SESSION_MANAGER } from '../sessions/session-manager.ts';

/** Of each of these somebody counts what is in it. */
const MOST_UNREACHED = 20;

/** memcached's own port, on the machine of this server. */
const LOCAL = 'localhost:11211';

const NOBODY: FieldResult = { state: 'off', text: '' };
const NO_CHAIN = { on: false, text: 'Sessions are off: there is no session data manager', servers: [] };

const look = method(lookAtSetup, {
  permission: SEE,
  async run(call) {
    const { object: folder } = call;
    const manager = await folder.findService(SESSION_MANAGER);
    const browserIds = await folder.findService(BROWSER_IDS);
    const path = manager === undefined ? '' : String(manager.properties['container_path']);
    const container = await folder.tree.find(path);
    const held = container === undefined ? '' : await new Saying(container).holds();
    const { on, text, servers } = manager === undefined ? NO_CHAIN : await chainOf(manager);
    const last = manager && (await wayFrom(manager)).at(-1);
    return {
      manager: manager?.path ?? null,
      browserIds: browserIds?.path ?? null,
      container: path,
      containerType: container?.type ?? '',
      store: last?.doesProvide(STORE) === true ? last.path : null,
      servers: servers.length,
      held,
      unreached: await unreachedFrom(path, call),
      on,
      text,
    };
  },
});

/** Containers other than this, to which nothing leads, and in which there are sessions all the same. */
async function unreachedFrom(path: string, { tree, may }: Call): Promise<SetupMessage['unreached']> {
  const containers = await containerObjects(tree);
  const others = containers.filter((object) => object.path !== path && may(SEE, object)).slice(0, MOST_UNREACHED);
  const found = await Promise.all(
    others.map(async (object) => {
      const users = await tree.pointingTo(object.path);
      const held = users.length > 0 ? '' : await new Saying(object).holds();
      return { path: object.path, held };
    }),
  );
  return found.filter(({ held }) => held !== '');
}

/** The set-up wizard: proxy, container, and the manager that points to it, in one transaction. */
const setup = method(setUpSessions, {
  permission: SEE,
  async run(call) {
    const { object: folder, body } = call;
    const problems: FieldProblem[] = [];
    const manager = await managerFor(call, problems);
    const proxy = await addOne(call, memCacheProxy, '/proxyId', body.proxyId, { servers: body.servers }, problems);
    const path = proxy.path;
    const settings = { proxy_path: path, timeout_minutes: body.timeoutMinutes };
    const container = await addOne(
      call,
      memCacheSessionDataContainer,
      '/containerId',
      body.containerId,
      settings,
      problems,
    );
    if (problems.length > 0) refuse('the set-up', problems);
    const statuses = await lookTwice(body.servers, folder);
    const isSilent = statuses.length > 0 && statuses.every(({ up }) => !up);
    if (isSilent && body.anyway !== true) throw new NoServerAnswers(statuses);
    call.tree.change(manager, { properties: { container_path: container.path } });
    call.describe(`Set up sessions in ${container.path} behind ${path}`);
    const { servers } = body;
    const results = resultsOf({ servers: answerFrom(servers, statuses, replicasOf(proxy)) }, { servers });
    const answer: SetupAnswer = { proxy: path, container: container.path, manager: manager.path, results };
    return json(answer, { status: 201, headers: { location: `/api${encodeUrlPath(container.path)}` } });
  },
});

const lookForOne = method(lookForMemcached, {
  permission: memCacheProxy.addPermission,
  run: ({ object }) => standingAt(LOCAL, object),
});

export const setupViews: readonly View[] = [
  { name: 'setup-sessions', on: 'folder', methods: [look, setup] },
  { name: 'local-memcached', on: 'folder', methods: [lookForOne] },
];

/** How a server stands that is in no proxy yet. Where nothing listens, one can be started. */
export async function standingAt(address: string, about: TreeObject): Promise<LocalMemcached> {
  const statuses = await probe([address], about);
  const [{ state, text } = NOBODY] = statuses.map(resultOf);
  const [status] = statuses;
  const isFree = status?.error === REASONS.refused.short;
  return {
    address,
    state,
    text,
    version: status?.version ?? null,
    startCommand: isFree ? startCommand(statuses) : null,
  };
}

/** No memcached answers at the addresses that sessions were to be kept at. */
class NoServerAnswers extends Problem {
  constructor(statuses: readonly ServerStatus[]) {
    const silent = statuses.map((status) => `${status.address} ${resultOf(status).text}`);
    const members: SilentServers = { silent, startCommand: startCommand(statuses) };
    const detail = `No server answers, so sessions would be off: ${silent.join('; ')}. Start one (${members.startCommand}) and try again, or send "anyway": true.`;
    super(422, 'no-server-answers', detail, { errors: [{ pointer: '/servers', detail }], members: { ...members } });
  }
}

/** One that was busy for a moment is no reason to refuse. */
async function lookTwice(servers: readonly string[], about: TreeObject): Promise<readonly ServerStatus[]> {
  const statuses = await probe(servers, about);
  return statuses.some(({ up }) => up) ? statuses : probe(servers, about);
}

/** The session data manager that is found from here, or a new one; with a browser id manager beside it where there is none. */
async function managerFor(call: ChangingCall, problems: FieldProblem[]): Promise<TreeObject> {
  const { object: folder } = call;
  if ((await folder.findService(BROWSER_IDS)) === undefined)
    await addOne(call, browserIdManager, '', browserIdManager.suggestedId, {}, problems);
  const found = await folder.findService(SESSION_MANAGER);
  if (found === undefined) return addOne(call, sessionDataManager, '', sessionDataManager.suggestedId, {}, problems);
  requirePermission(call, changePermission(found.definition), found);
  return found;
}

/** Adds one of the two objects; what is wrong with it goes to `problems`, with pointers into the wizard's own request. */
async function addOne(
  call: ChangingCall,
  definition: TypeDefinition,
  idPointer: string,
  rawId: string,
  given: Readonly<Record<string, unknown>>,
  problems: FieldProblem[],
): Promise<TreeObject> {
  const { object: folder, tree } = call;
  requirePermission(call, definition.addPermission, folder);
  const id = normaliseId(rawId);
  const wrongId = await idProblem(folder, id, definition);
  if (wrongId !== undefined) problems.push({ pointer: idPointer, detail: wrongId });
  const draft = tree.draft(folder, { type: definition.type, id });
  const checked = await checkProperties(draft, definition, given);
  problems.push(...checked.problems.map(({ pointer, detail }) => ({ pointer: wizardPointer(pointer), detail })));
  return tree.add(folder, { type: definition.type, id, properties: checked.values });
}

function wizardPointer(pointer: string): string {
  return pointer.replace(/^\/properties/, '').replace(/^\/timeout_minutes/, '/timeoutMinutes');
}
