import { FINEST } from './levels.ts';

/** What was counted of one thing in a stretch of time: first the largest of something, then sums. */
export type Counts = readonly number[];

/** What was seen of one server in a stretch of time. */
export const OF_SERVER = [
  // How often it was asked, how often it answered, and how often what it counted could be compared with the time before.
  'asked',
  'up',
  'rated',
  'gets',
  'misses',
  'evictions',
  'refusals',
  // As they were last.
  'bytes',
  'limitBytes',
] as const;
export type ServerFigures = readonly (number | null)[];
const FIRST_GAUGE = OF_SERVER.indexOf('bytes');

/** The name under which a server of a store is told. A path has no space in it. */
export function serverName(subject: string, address: string): string {
  return `${subject} ${address}`;
}

export function splitServer(name: string): { readonly subject: string; readonly address: string } {
  const at = name.lastIndexOf(' ');
  return { subject: name.slice(0, at), address: name.slice(at + 1) };
}

type By<Value> = { readonly [name: string]: Value };

/** What is known of a stretch of time. Of what is not in it, nothing happened; servers that are not in it were not asked. */
export type Figures = {
  /** For how many seconds everybody who counts has reported. What was counted meanwhile is not in it otherwise. */
  readonly knownS: number;
  readonly counts: By<Counts>;
  /** How many sessions there were, on average. */
  readonly sessions: By<number>;
  readonly servers: By<ServerFigures>;
};

/** What one process reports of ten seconds. */
export type Report = { readonly counts: By<Counts>; readonly seen?: Seen };

/** What the recorder adds to its own report. */
export type Seen = {
  /** Who was there when they began: without a report of each, nobody knows what was counted. */
  readonly there: readonly string[];
  readonly sessions: By<number>;
  readonly servers: By<ServerFigures>;
};

/** Ten seconds, from what each process reported of them. */
export function united(reports: ReadonlyMap<string, Report>): Figures {
  const all = [...reports.values()];
  // Where the recorder changed, two of them know something.
  const seen = all.flatMap((report) => report.seen ?? []);
  const isKnown = seen.length > 0 && seen.every(({ there }) => there.every((id) => reports.has(id)));
  return {
    knownS: isKnown ? FINEST.everyS : 0,
    counts: isKnown
      ? merged(
          all.map(({ counts }) => counts),
          sumOf,
        )
      : {},
    sessions: Object.assign({}, ...seen.map(({ sessions }) => sessions)) as Figures['sessions'],
    servers: Object.assign({}, ...seen.map(({ servers }) => servers)) as Figures['servers'],
  };
}

/** A longer stretch of time, from those that it consists of, in their order. */
export function folded(parts: readonly Figures[]): Figures {
  const sessions = Map.groupBy(
    parts.flatMap((part) => Object.entries(part.sessions)),
    ([name]) => name,
  );
  return {
    knownS: parts.reduce((sum, { knownS }) => sum + knownS, 0),
    counts: merged(
      parts.map(({ counts }) => counts),
      sumOf,
    ),
    sessions: Object.fromEntries(
      Array.from(sessions, ([name, known]) => [name, meanOf(known.map(([, count]) => count))]),
    ),
    servers: merged(
      parts.map(({ servers }) => servers),
      serverSum,
    ),
  };
}

/** What several things counted, as one. */
export function sumOf(one: Counts, other: Counts): Counts {
  const [longer, shorter] = one.length < other.length ? [other, one] : [one, other];
  return longer.map((count, index) => (index === 0 ? Math.max(count, shorter[0] ?? 0) : count + (shorter[index] ?? 0)));
}

function serverSum(one: ServerFigures, other: ServerFigures): ServerFigures {
  return one.map((value, index) => {
    const next = other[index] ?? null;
    return index < FIRST_GAUGE ? (value ?? 0) + (next ?? 0) : (next ?? value);
  });
}

function merged<Value>(all: readonly By<Value>[], add: (one: Value, other: Value) => Value): By<Value> {
  const sums: Record<string, Value> = {};
  for (const each of all) {
    for (const [name, value] of Object.entries(each)) {
      const known = sums[name];
      sums[name] = known === undefined ? value : add(known, value);
    }
  }
  return sums;
}

function meanOf(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
}
