import { readdir, readFile } from 'node:fs/promises';
import { until } from './figures.ts';

/** SIGSTOP; the system says of every thread that it is stopped: one that still runs would go on answering. */
export async function freezeProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await until(`process ${pid} stopped`, async () => (await statesOf(pid)).every((state) => state === 'T'));
}

/** SIGCONT. */
export function wakeProcess(pid: number): void {
  process.kill(pid, 'SIGCONT');
}

/** How long processors have worked for a process so far, in milliseconds: other than time, it is its own whatever else runs. */
export async function workOf(pid: number): Promise<number> {
  const [, , , , , , , , , , , user, system] = fieldsOf(await readFile(`/proc/${pid}/stat`, 'utf8'));
  return (Number(user) + Number(system)) * TICK_MS;
}

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

/** The letter by which Linux names what each thread of a process is doing: T is stopped. */
export async function statesOf(pid: number): Promise<readonly string[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const stats = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
  return stats.map((stat) => fieldsOf(stat)[0] ?? '');
}

/** What follows the name of the program, which may have any character in it. */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
