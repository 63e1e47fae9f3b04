import { listTypes } from '../../../schema/endpoints/objects.ts';
import { checkValues, type FieldAnswer } from '../../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../../schema/form-schema.ts';
import { lookAtSetup, type SetupMessage } from '../../../schema/endpoints/setup.ts';
import { getChildren } from '../../api/objects.ts';
import { call } from '../../api/call.ts';
import { problemsByField } from '../../forms/problems.ts';
import { CONTAINER, PROXY } from './may-set-up.ts';
import { requestFor, type Plan } from './plan.ts';

const MOST_CHILDREN = 1000;

const proxyIdField = idField('Id of the proxy', 'It knows the servers.');
const containerIdField = idField('Id of the container', 'It keeps the sessions behind the proxy.');

/** What the page has to know before it can ask anything. */
export interface Folder {
  readonly fields: Readonly<Record<keyof Plan, FieldSchema>>;
  readonly taken: ReadonlySet<string>;
  readonly found: SetupMessage;
}

/** `undefined`: not everything that is needed may be added here. */
export async function readFolder(path: string, signal: AbortSignal): Promise<Folder | undefined> {
  const [types, { items }, found] = await Promise.all([
    call(listTypes, path, { signal }),
    getChildren(path, { limit: MOST_CHILDREN }, signal),
    call(lookAtSetup, path, { signal }),
  ]);
  const fieldsOf = (type: string) => types.find((each) => each.type === type)?.schema.properties;
  const servers = fieldsOf(PROXY)?.['servers'];
  const timeoutMinutes = fieldsOf(CONTAINER)?.['timeout_minutes'];
  if (!servers || !timeoutMinutes) return undefined;
  return {
    fields: { servers, proxyId: proxyIdField, containerId: containerIdField, timeoutMinutes },
    taken: new Set(items.map(({ id }) => id)),
    found,
  };
}

export interface Checked {
  readonly answer: FieldAnswer | undefined;
  readonly problems: ReadonlyMap<string, string>;
}

/** Asks for the two objects as if each were added alone, and gives what is said under the names of the plan. */
export async function checkPlan(path: string, plan: Plan, signal: AbortSignal): Promise<Checked> {
  const { servers, proxyId, containerId, timeoutMinutes } = requestFor(plan);
  const [proxy, container] = await Promise.all([
    call(checkValues, path, { type: PROXY, id: proxyId, properties: { servers } }, { signal }),
    call(
      checkValues,
      path,
      { type: CONTAINER, id: containerId, properties: { timeout_minutes: timeoutMinutes } },
      { signal },
    ),
  ]);
  const ofProxy = problemsByField(proxy.errors);
  const ofContainer = problemsByField(container.errors);
  const problems = {
    servers: ofProxy.get('servers'),
    proxyId: ofProxy.get('id'),
    containerId: ofContainer.get('id'),
    timeoutMinutes: ofContainer.get('timeout_minutes'),
  };
  const named = Object.entries(problems).flatMap(([name, problem]) => (problem ? [[name, problem] as const] : []));
  return { answer: proxy.fields['servers'], problems: new Map(named) };
}

function idField(title: string, description: string): FieldSchema {
  return { type: 'string', title, widget: 'id', mode: 'rw', default: '', description, maxLength: 64 };
}
