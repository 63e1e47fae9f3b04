import { checkId, freeId, normaliseId } from '../../../schema/ids.ts';
import { childPath } from '../../../schema/paths.ts';
import type { FieldResult } from '../../../schema/endpoints/forms.ts';
import type { SetupMessage, SetupRequest, UnreachedContainer } from '../../../schema/endpoints/setup.ts';
import { plural } from '../../parts/format.ts';

/** What is typed on the page: a request, though its numbers may be none yet. */
export interface Plan {
  readonly servers: readonly string[];
  readonly proxyId: string;
  readonly containerId: string;
  readonly timeoutMinutes: unknown;
}

/** A plan for a folder that has these ids: nothing in it is taken. */
export function firstPlan(taken: ReadonlySet<string>): Plan {
  return {
    servers: ['localhost:11211'],
    proxyId: freeId('mcproxy', taken),
    containerId: freeId('mcsdc', taken),
    timeoutMinutes: 20,
  };
}

/** What is wrong with a plan before anybody is asked, by field. */
export function planProblems(plan: Plan, folder: string, taken: ReadonlySet<string>): ReadonlyMap<string, string> {
  const context = { inRoot: folder === '/', taken: (id: string) => taken.has(id) };
  const proxyId = normaliseId(plan.proxyId);
  const containerId = normaliseId(plan.containerId);
  const problems: readonly (readonly [string, string | undefined])[] = [
    ['servers', namedServers(plan).length === 0 ? 'Name at least one server, e.g. localhost:11211.' : undefined],
    ['proxyId', checkId(proxyId, context)],
    [
      'containerId',
      checkId(containerId, context) ??
        (containerId === proxyId ? `The id "${containerId}" is the proxy’s already.` : undefined),
    ],
  ];
  return new Map(problems.flatMap(([name, problem]) => (problem ? [[name, problem] as const] : [])));
}

export function requestFor(plan: Plan): SetupRequest {
  const { servers, timeoutMinutes } = plan;
  return {
    servers,
    proxyId: normaliseId(plan.proxyId),
    containerId: normaliseId(plan.containerId),
    // What is not a number goes as it was typed, for the server to name.
    timeoutMinutes: timeoutMinutes as number,
  };
}

/** What the button will do, a sentence for each step. */
export function stepsOf(
  plan: Plan,
  folder: string,
  found: SetupMessage,
  answers: readonly FieldResult[] = [],
): readonly string[] {
  const proxy = childPath(folder, normaliseId(plan.proxyId));
  const container = childPath(folder, normaliseId(plan.containerId));
  const adds = (type: string, id: string) =>
    `A ${type} is added as ${childPath(folder, id)}, because none is found here.`;
  return [
    `A MemCache Proxy is added as ${proxy}, with ${plural(namedServers(plan).length, 'server')}.${silence(plan, answers)}`,
    `A MemCache Session Data Container is added as ${container}. It keeps sessions behind ${proxy}; ${idleText(plan)}.`,
    ...(found.browserIds === null ? [adds('Browser Id Manager', 'browser_id_manager')] : []),
    found.manager === null
      ? `${adds('Session Data Manager', 'session_data_manager')} It is pointed to ${container}.`
      : `${found.manager} is pointed to ${container}.${behind(found)}`,
    ...found.unreached.map((each) => `${leftIn(each)} ${wayBack(each.path, found)}`),
    `The Test tab of ${container} opens, to put something into your session and see it kept.`,
  ];
}

/** Which of the servers do not answer as they are typed, and what that costs. */
function silence({ servers }: Plan, answers: readonly FieldResult[]): string {
  const silent = answers.flatMap(({ state, text }, index) => (state === 'down' ? [`${servers[index]} ${text}`] : []));
  if (silent.length === 0) return '';
  return ` ${silent.join('; ')}${costWords(answers.find(({ cost }) => cost)?.cost)}.`;
}

function costWords(cost: string | undefined): string {
  return cost ? `: ${cost}` : '';
}

/** What is in a session now stays where it is kept, and is not moved. */
function behind({ container, held }: SetupMessage): string {
  if (container === '') return '';
  if (held === '') return ` No live session stays behind in ${container}.`;
  const stay = held.startsWith('1 ') ? 'stays behind until it expires' : 'stay behind until they expire';
  return ` ${held} in ${container} ${stay}: visitors begin new ones.`;
}

function leftIn({ path, held }: UnreachedContainer): string {
  const stay = held.startsWith('1 ') ? 'It stays behind' : 'They stay behind';
  return `${path} keeps ${held.charAt(0).toLowerCase()}${held.slice(1)} already. ${stay}.`;
}

/** What leads to another container, in place of this set-up. */
function wayBack(container: string, { manager, browserIds }: SetupMessage): string {
  if (manager !== null) return `To go on with it instead, set the container path of ${manager} to ${container}.`;
  const add = `${browserIds === null ? 'a Browser Id Manager and ' : ''}a Session Data Manager`;
  return `To go on with it instead, add ${add}, and set the container path to ${container}.`;
}

interface DoneWords {
  readonly text: string;
  /** Which servers do not answer all the same. */
  readonly trouble?: string;
  readonly isOff: boolean;
}

/** What is said when it was done. Where no server answers, nobody is told that all is well. */
export function doneWords(container: string, results: readonly FieldResult[]): DoneWords {
  const say = (isDown: boolean) =>
    results
      .filter(({ state, text }) => text !== '' && (state === 'down') === isDown)
      .map(({ text }) => text)
      .join('; ');
  const good = say(false);
  const bad = say(true);
  const isOff = bad !== '' && good === '';
  const cost = isOff ? undefined : results.find((result) => result.cost)?.cost;
  const text = `Set up sessions in ${container}${isOff ? ', and they are off until a server answers.' : '.'}`;
  return { text: `${text}${good ? ` ${good}.` : ''}`, ...(bad && { trouble: `${bad}${costWords(cost)}.` }), isOff };
}

function namedServers({ servers }: Plan): readonly string[] {
  return servers.filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
}

function idleText({ timeoutMinutes }: Plan): string {
  if (timeoutMinutes === 0) return 'none ends for not being used';
  const span = typeof timeoutMinutes === 'number' ? plural(timeoutMinutes, 'minute') : 'that long';
  return `each ends when it was not used for ${span}`;
}
