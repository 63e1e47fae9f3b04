import { figure, median, verdict, type Section } from './report.ts';
import type { Stretch } from './soak-traffic.ts';

/** What is to be seen of a process at one moment. */
export interface Look {
  /** After a collection of garbage. */
  readonly heapMb: number;
  readonly residentMb: number;
  readonly files: number;
  /** Timers, sockets and whatever else keeps the event loop busy. */
  readonly resources: number;
  /** Of all processes to all memcached servers, as these count them. */
  readonly connections: number;
}

/** A cycle: the fault, the time around it, the quiet after it, and the process at its end. */
export interface Sample extends Look {
  readonly fault: string;
  readonly disturbed: Stretch;
  readonly calm: Stretch;
}

export interface Soaked {
  readonly samples: readonly Sample[];
  /** Acknowledged increments that are not in their sessions. */
  readonly lost: number;
  /** Why requests failed, and how often. */
  readonly reasons: ReadonlyMap<string, number>;
}

interface Bound {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly places?: number;
}

/** The first cycles fill caches. */
const WARM_UP = 1;
/** Below this, a p99 says more about the machine than about the server. */
const LEAST_P99_MS = 20;

/** One line of progress. */
export function line(samples: readonly Sample[], cycles: number, lost: number): string {
  const { fault, disturbed, calm, heapMb, files } = samples.at(-1) as Sample;
  return (
    `${samples.length} of ${cycles}: ${fault}: ${disturbed.requests + calm.requests} requests, ` +
    `${disturbed.failures + calm.failures} failed, ${lost} lost; p99 ${figure(disturbed.p99Ms)} ms, then ` +
    `${figure(calm.p99Ms)} ms; heap ${figure(heapMb, 1)} MB, ${files} files\n`
  );
}

export function table(samples: readonly Sample[]): Section {
  return {
    title:
      'Cycles: p50 and p99 around the fault and in the quiet after it, in ms; the first process at the end of each',
    columns: [
      'fault',
      'requests',
      'failed',
      'p50',
      'p99',
      'quiet p50',
      'p99',
      'heap MB',
      'resident',
      'files',
      'resources',
      'memcached',
    ],
    rows: samples.map(({ fault, disturbed, calm, heapMb, residentMb, files, resources, connections }) => [
      fault,
      String(disturbed.requests + calm.requests),
      String(disturbed.failures + calm.failures),
      figure(disturbed.p50Ms, 1),
      figure(disturbed.p99Ms, 1),
      figure(calm.p50Ms, 1),
      figure(calm.p99Ms, 1),
      figure(heapMb, 1),
      figure(residentMb),
      String(files),
      String(resources),
      String(connections),
    ]),
  };
}

/** What must not be exceeded, and whether it was not. */
export function boundsOf({ samples, lost }: Soaked, minutes: number): { section: Section; hold: boolean } {
  const warm = samples.slice(WARM_UP);
  const [first, last] = [warm[0], warm.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('A soak needs more cycles than its warm-up.');
  const half = Math.ceil(warm.length / 2);
  const all = samples.flatMap(({ disturbed, calm }) => [disturbed, calm]);
  const failed = sum(all.map(({ failures }) => failures)) / sum(all.map((of) => of.requests + of.failures));
  const bounds: readonly Bound[] = [
    { what: 'acknowledged increments lost', value: lost, limit: 0, places: 0 },
    { what: 'requests failed, of a thousand', value: failed * 1000, limit: 1 },
    {
      what: 'heap growth after warm-up, MB',
      value: slope(warm) * (warm.length - 1),
      limit: 2 + minutes / 10,
      places: 1,
    },
    { what: 'open files more than after warm-up', value: last.files - first.files, limit: 16, places: 0 },
    {
      what: 'timers and sockets more than after warm-up',
      value: last.resources - first.resources,
      limit: 32,
      places: 0,
    },
    {
      what: 'connections to memcached more than after warm-up',
      value: last.connections - first.connections,
      limit: 2,
      places: 0,
    },
    {
      what: 'p99 in the quiet, the second half ÷ the first',
      value: quietP99(warm.slice(-half)) / Math.max(LEAST_P99_MS, quietP99(warm.slice(0, half))),
      limit: 3,
    },
  ];
  return {
    section: {
      title: 'Bounds',
      columns: ['bound', '', 'measured'],
      rows: bounds.map(({ what, value, limit, places = 2 }) => [
        what,
        `≤ ${limit}`,
        verdict(value, { sign: '≤', limit, places }),
      ]),
    },
    hold: bounds.every(({ value, limit }) => value <= limit),
  };
}

function quietP99(samples: readonly Sample[]): number {
  return median(samples.map(({ calm }) => calm.p99Ms));
}

/** Growth of the heap from one cycle to the next, by least squares. */
function slope(samples: readonly Sample[]): number {
  const middle = (samples.length - 1) / 2;
  const mean = sum(samples.map(({ heapMb }) => heapMb)) / samples.length;
  const distances = samples.map((_, index) => index - middle);
  const spread = sum(distances.map((distance) => distance ** 2));
  return spread === 0 ? 0 : sum(samples.map(({ heapMb }, index) => (heapMb - mean) * (distances[index] ?? 0))) / spread;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
