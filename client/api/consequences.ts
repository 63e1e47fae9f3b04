import {
  consequencesOf,
  type ChangeOfPlace,
  type ConsequencesMessage,
  type HeldMessage,
} from '../../schema/endpoints/objects.ts';
import { inBatches } from './batches.ts';
import { call } from './call.ts';

/** Ids that one address has room for, encoded. */
const LONGEST_IDS = 6_000;
const MOST_IDS = 500;

export interface ConsequencesQuery {
  readonly ids: readonly string[];
  /** Delete unless said. */
  readonly action?: ChangeOfPlace;
  /** For a move or a copy: the folder. */
  readonly to?: string;
}

/** What deleting, renaming, moving or copying these children would cost. Of many, a part at a time is asked about. */
export async function getConsequences(
  folder: string,
  { ids, action, to }: ConsequencesQuery,
  signal?: AbortSignal,
): Promise<ConsequencesMessage> {
  const answers: ConsequencesMessage[] = [];
  const ask = async ([part = '']: readonly string[]) => {
    answers.push(await call(consequencesOf, folder, { query: { ids: part, action, to }, ...(signal && { signal }) }));
  };
  const { failure } = await inBatches(partsOf(ids), 1, ask);
  if (failure !== undefined) throw failure;
  return together(answers, new Set(ids), folder);
}

/** Ids as addresses have them, as many together as there is room for. */
export function partsOf(ids: readonly string[]): readonly string[] {
  const parts: string[][] = [];
  let room = 0;
  for (const id of ids.map(encodeURIComponent)) {
    room -= id.length + 1;
    if (parts.length === 0 || room < 0 || parts.at(-1)!.length === MOST_IDS) {
      parts.push([]);
      room = LONGEST_IDS - id.length;
    }
    parts.at(-1)!.push(id);
  }
  return parts.map((part) => part.join(','));
}

/** One answer of several. What is chosen too loses nothing by what is chosen. */
export function together(
  answers: readonly ConsequencesMessage[],
  ids: ReadonlySet<string>,
  folder: string,
): ConsequencesMessage {
  const [only, another] = answers;
  if (only !== undefined && another === undefined) return only;
  const base = folder === '/' ? '/' : `${folder}/`;
  const isChosen = (path: string) => path.startsWith(base) && ids.has(path.slice(base.length).split('/')[0]!);
  const all = <Key extends keyof ConsequencesMessage>(key: Key) => answers.map((answer) => answer[key]);
  const isEnding = ({ text }: HeldMessage) => Number(text.endsWith(' will end'));
  // What ends with one part stays behind for another: the former holds.
  const sessions = all('sessions')
    .flat()
    .toSorted((one, other) => isEnding(one) - isEnding(other));
  return {
    count: all('count').reduce((sum, count) => sum + count, 0),
    pointsHere: onceBy(all('pointsHere').flat(), ({ path, property }) => `${path} ${property}`).filter(
      ({ path }) => !isChosen(path),
    ),
    services: onceBy(all('services').flat(), ({ text }) => text),
    sessions: onceBy(sessions, ({ path }) => path),
    sessionsUnlessFollowed: onceBy(all('sessionsUnlessFollowed').flat(), ({ path }) => path),
  };
}

function onceBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
