import type { Commands, Outage, Seen } from './behaviour.ts';
import { ADAPTER, FLOOR, SITE, SITE_WITH_COPIES } from './contestants.ts';
import { figure, verdict, type Goal, type Section } from './report.ts';
import type { Cell, Conduct, Series } from './sessions.ts';

/** Where a goal finds its figure. */
interface SessionGoal extends Goal {
  readonly what: string;
  readonly of: (own: Own) => number | undefined;
  /** Only of the contestant with two copies. */
  readonly isForCopies?: boolean;
}

/** What was measured of one contestant. */
interface Own {
  readonly cell: (page: Series['page'], connections?: number, bytes?: number) => Cell | undefined;
  readonly conduct: Conduct | undefined;
}

export function sessionSections(cells: readonly Cell[], conducts: readonly Conduct[]): readonly Section[] {
  const own = (name: string): Own => ({
    cell: (page, connections = 16, bytes = 200) =>
      cells.find(
        (cell) => cell.name === name && cell.page === page && cell.connections === connections && cell.bytes === bytes,
      ),
    conduct: conducts.find((conduct) => conduct.name === name),
  });
  const names = [...new Set(cells.map(({ name }) => name))];
  return [speeds(names, own), conduct(conducts), loads(cells), goals(own)];
}

function speeds(names: readonly string[], own: (name: string) => Own): Section {
  const pages = ['none', 'read', 'rw', 'new'] as const;
  return {
    title:
      'Speed: 16 connections, sessions of 200 bytes; requests a second and processor time of the server, ÷ bare Koa',
    columns: [
      'server',
      ...pages.flatMap((page) => [`/${page}`, 'CPU', 'µs']),
      '/rw p50 ms',
      'p99',
      'MB at rest',
      'then',
      'failures',
    ],
    rows: names.map((name) => {
      const { cell } = own(name);
      const figures = pages
        .map((page) => cell(page))
        .flatMap((of) => [figure(of?.ratio, 2), figure(of?.cpuRatio, 2), figure(of?.cpuUs)]);
      const rw = cell('rw');
      const fresh = cell('new');
      const failures = pages.reduce((sum, page) => sum + (cell(page)?.failures ?? 0), 0);
      return [
        name,
        ...figures,
        figure(rw?.p50Ms, 2),
        figure(rw?.p99Ms, 2),
        figure(fresh?.restMb),
        figure(fresh?.memoryMb[0]),
        String(failures),
      ];
    }),
  };
}

function conduct(conducts: readonly Conduct[]): Section {
  const outage = (of: Outage | undefined) =>
    of === undefined ? ['', '', '', ''] : [seen(of.first), ms(of.thenMs), seen(of.elsewhere), ms(of.backMs)];
  return {
    title:
      'Conduct: commands to memcached a request; of 200 increments at once; the first answer that needs a session while ' +
      'memcached is frozen or killed, the median of those after it, a page without need of a session, time until whole again',
    columns: [
      'server',
      'none/read/rw/new',
      'lost',
      'refused',
      'frozen',
      'then',
      '/none',
      'back in',
      'killed',
      'then',
      '/none',
      'back in',
    ],
    rows: conducts.map(({ name, commands, contention: { lost, refused }, frozen, killed }) => [
      name,
      commandsOf(commands),
      String(lost),
      String(refused),
      ...outage(frozen),
      ...outage(killed),
    ]),
  };
}

function commandsOf({ none, read, rw, new: begun }: Commands): string {
  return [none, read, rw, begun].map((count) => String(Math.round(count * 10) / 10)).join('/');
}

function seen({ what, tookMs }: Seen): string {
  return what === 'hangs' ? what : `${what} in ${ms(tookMs)}`;
}

function ms(value: number): string {
  if (Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return 'never';
  return value < 1000 ? `${figure(value, value < 10 ? 1 : 0)} ms` : `${figure(value / 1000, 1)} s`;
}

function loads(cells: readonly Cell[]): Section {
  return {
    title: 'Other loads; memory after each round',
    columns: ['server', 'page', 'connections', 'bytes', 'req/s ÷ Koa', 'CPU ÷ Koa', 'p50 − Koa’s, µs', 'p99 ms', 'MB'],
    rows: cells
      .filter(({ name, isForAll }) => !isForAll && name !== FLOOR)
      .map((cell) => [
        cell.name,
        `/${cell.page}`,
        String(cell.connections),
        String(cell.bytes),
        figure(cell.ratio, 2),
        figure(cell.cpuRatio, 2),
        figure(cell.p50OverFloorUs),
        figure(cell.p99Ms, 2),
        cell.memoryMb.map((mb) => figure(mb)).join(' '),
      ]),
  };
}

const GOALS: readonly SessionGoal[] = [
  { what: '/none ÷ bare Koa', sign: '≥', limit: 0.95, of: ({ cell }) => cell('none')?.ratio },
  { what: '/read ÷ bare Koa', sign: '≥', limit: 0.6, of: ({ cell }) => cell('read')?.ratio },
  { what: '/rw ÷ bare Koa', sign: '≥', limit: 0.45, of: ({ cell }) => cell('rw')?.ratio },
  {
    what: '/rw ÷ bare Koa, two copies',
    sign: '≥',
    limit: 0.35,
    of: ({ cell }) => cell('rw')?.ratio,
    isForCopies: true,
  },
  { what: '/new ÷ bare Koa', sign: '≥', limit: 0.5, of: ({ cell }) => cell('new')?.ratio },
  { what: '/read, CPU ÷ bare Koa', sign: '≤', limit: 1.8, of: ({ cell }) => cell('read')?.cpuRatio },
  { what: '/rw, CPU ÷ bare Koa', sign: '≤', limit: 2.3, of: ({ cell }) => cell('rw')?.cpuRatio },
  { what: '/read of 5 KiB, CPU ÷ bare Koa', sign: '≤', limit: 2.2, of: ({ cell }) => cell('read', 16, 5120)?.cpuRatio },
  { what: '/rw of 5 KiB, CPU ÷ bare Koa', sign: '≤', limit: 3.5, of: ({ cell }) => cell('rw', 16, 5120)?.cpuRatio },
  atMost('/read, one connection, p50 over bare Koa’s, µs', 50, ({ cell }) => cell('read', 1)?.p50OverFloorUs),
  atMost('/rw, one connection, p50 over bare Koa’s, µs', 90, ({ cell }) => cell('rw', 1)?.p50OverFloorUs),
  atMost('memory at 16 connections, MB', 120, ({ cell }) => cell('new')?.memoryMb[0]),
  atMost('commands to memcached for a request without session', 0, (own) => own.conduct?.commands.none),
  atMost('for a read', 1, (own) => own.conduct?.commands.read),
  atMost('for a read and a write', 2, (own) => own.conduct?.commands.rw),
  atMost('for a new session', 1, (own) => own.conduct?.commands.new),
  atMost('lost or refused of 200 increments', 0, ({ conduct: of }) => of && of.contention.lost + of.contention.refused),
  atMost('memcached frozen: first answer, ms', 550, (own) => own.conduct?.frozen?.first.tookMs),
  atMost('those after it, median, ms', 5, (own) => own.conduct?.frozen?.thenMs),
  atMost('memcached killed: first answer, ms', 5, (own) => own.conduct?.killed?.first.tookMs),
  atMost('whole again after, ms', 250, (own) => own.conduct?.killed?.backMs),
];

/** At most so many of something whole. */
function atMost(what: string, limit: number, of: SessionGoal['of']): SessionGoal {
  return { what, sign: '≤', limit, places: 0, of };
}

function goals(own: (name: string) => Own): Section {
  const applies = (goal: SessionGoal, name: string) => (name === SITE_WITH_COPIES) === (goal.isForCopies ?? false);
  return {
    title: 'Goals',
    columns: ['goal', '', SITE, ADAPTER, SITE_WITH_COPIES],
    rows: GOALS.map((goal) => [
      goal.what,
      `${goal.sign} ${goal.limit}`,
      ...[SITE, ADAPTER, SITE_WITH_COPIES].map((name) =>
        applies(goal, name) ? verdict(goal.of(own(name)), goal) : '',
      ),
    ]),
  };
}
