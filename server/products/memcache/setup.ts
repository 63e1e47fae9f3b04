import { normaliseId } from '../../../schema/ids.ts';
import type { FieldProblem } from '../../../schema/messages/problems.ts';
import type { SetupAnswer } from '../../../schema/messages/session-way.ts';
import { encodeUrlPath } from '../../../schema/paths.ts';
import { answersFor, checkProperties, idProblem, refuse, resultsOf } from '../../manage/checks.ts';
import { changePermission } from '../../manage/describe.ts';
import { demand } from '../../manage/object.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { TypeDefinition } from '../../objects/types.ts';
import type { Call } from '../../publisher/call.ts';
import { json } from '../../publisher/request.ts';
import { integer, text, texts } from '../../publisher/body.ts';
import { method, type View } from '../../publisher/views.ts';
import { Invalid } from '../../base/errors.ts';
import { memCacheProxy } from './memcache-proxy.ts';
import { memCacheSessionDataContainer } from './memcache-session-data-container.ts';

type Values = Readonly<Record<string, unknown>>;

/** The set-up wizard: proxy, container, and the manager that points to it, in one transaction. */
const setup = method({
  http: 'POST',
  permission: 'View management screens',
  summary:
    'Sets up sessions in memcached: adds a proxy and a container here, and points the session data manager at it.',
  body: {
    servers: texts,
    proxyId: text,
    containerId: text,
    timeoutMinutes: integer,
  },
  async run(call) {
    const { object: folder, body } = call;
    const manager = await folder.findService('session.manager');
    if (manager?.definition === undefined) {
      throw new Invalid('There is no Session Data Manager here or further up. Add one first, then set up sessions.');
    }
    demand(call, changePermission(manager.definition), manager);
    const problems: FieldProblem[] = [];
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
    call.connection.change(manager, { properties: { container_path: container.path } });
    call.describe(`Set up sessions in ${container.path} behind ${path}`);
    const answers = await answersFor(proxy, memCacheProxy, { servers: body.servers });
    const results = resultsOf(answers, { servers: body.servers });
    const answer: SetupAnswer = { proxy: path, container: container.path, manager: manager.path, results };
    return json(answer, { status: 201, headers: { location: `/api${encodeUrlPath(container.path)}` } });
  },
});

export const setupViews: readonly View[] = [{ name: 'setup-sessions', on: 'folder', methods: [setup] }];

/** Adds one of the two objects; what is wrong with it goes to `problems`, with pointers into the wizard's own request. */
async function addOne(
  call: Call,
  definition: TypeDefinition,
  idPointer: string,
  rawId: string,
  given: Values,
  problems: FieldProblem[],
): Promise<TreeObject> {
  const { object: folder, connection } = call;
  demand(call, definition.addPermission, folder);
  const id = normaliseId(rawId);
  const wrongId = await idProblem(folder, id, definition);
  if (wrongId !== undefined) problems.push({ pointer: idPointer, detail: wrongId });
  const imagined = connection.imagine(folder, { type: definition.type, id });
  const checked = await checkProperties(imagined, definition, given);
  problems.push(...checked.problems.map(({ pointer, detail }) => ({ pointer: wizardPointer(pointer), detail })));
  return connection.add(folder, { type: definition.type, id, properties: checked.values });
}

function wizardPointer(pointer: string): string {
  return pointer.replace(/^\/properties/, '').replace(/^\/timeout_minutes/, '/timeoutMinutes');
}
