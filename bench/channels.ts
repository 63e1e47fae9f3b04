import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { clientOf, cookiesOf, managerOf, sameOrigin } from '../e2e/http/client.ts';
import { OpenChannel } from '../e2e/support/channel.ts';
import { workOf } from '../e2e/support/process-state.ts';
import { startServer, type TestServer } from '../e2e/support/server.ts';
import type { Options } from './options.ts';
import { figure, type Report } from './report.ts';

interface Row {
  readonly channels: number;
  /** Of one processor, in percent. */
  readonly cpu: number;
  readonly rssMb: number;
}

const USERS = 20;
const OF_EACH = 50;
const SETTLE_MS = 10_000;
/** Several comments go over each channel in that time. */
const MEASURED_FOR = 20;

/** What channels cost over which nothing is told but that they are open. */
export async function benchChannels({ seconds }: Options): Promise<Report> {
  await using server = await startServer();
  const open: OpenChannel[] = [];
  const measure = () => measured(server, open.length, seconds * MEASURED_FOR);
  try {
    const logins = await signIn(server);
    const rows = [await measure()];
    open.push(await OpenChannel.open(server, logins[0]!));
    rows.push(await measure());
    for (const login of logins)
      while (open.filter((each) => each.status === 200).length < (logins.indexOf(login) + 1) * OF_EACH)
        open.push(await OpenChannel.open(server, login));
    rows.push(await measure());
    const comments = open.reduce((sum, each) => sum + each.comments, 0);
    if (comments < open.length) throw new Error('Not every channel was commented on: measure for longer.');
    return { sections: [section(rows)], lines: rows.map((row) => ({ part: 'channels', ...row })) };
  } finally {
    for (const each of open) each[Symbol.dispose]();
  }
}

async function signIn(server: TestServer): Promise<readonly { readonly cookie: string }[]> {
  const browser = clientOf(server, sameOrigin(server));
  const logins: { cookie: string }[] = [];
  for (let index = 0; index < USERS; index += 1) {
    const [name, password] = [`user${index}`, 'seven grey herons'];
    await managerOf(server)('/api/acl_users/@users', { body: { name, password, roles: ['Manager'] } });
    logins.push({ cookie: cookiesOf(await browser('/api/@login', { body: { name, password } })) });
  }
  return logins;
}

async function measured({ pid }: TestServer, channels: number, seconds: number): Promise<Row> {
  await wait(SETTLE_MS);
  const before = await workOf(pid);
  const begun = performance.now();
  await wait(seconds * 1000);
  const cpu = (100 * ((await workOf(pid)) - before)) / (performance.now() - begun);
  return { channels, cpu, rssMb: await residentMb(pid) };
}

async function residentMb(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

function section(rows: readonly Row[]) {
  const [none, , all] = rows as [Row, Row, Row];
  const each = ((all.rssMb - none.rssMb) * 1024) / all.channels;
  return {
    title: `Channels over which nothing is told (${figure(each, 0)} KiB each)`,
    columns: ['open', '% of a processor', 'MB'],
    rows: rows.map(({ channels, cpu, rssMb }) => [String(channels), figure(cpu, 2), figure(rssMb, 0)]),
  };
}
