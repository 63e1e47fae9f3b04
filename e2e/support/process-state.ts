import { readFile } from 'node:fs/promises';

/** SIGSTOP; the system says of the process that it is stopped. */
export async function freezeProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  for (let state = ''; state !== 'T';) state = await stateOf(pid);
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

/** The letter by which Linux names what a process is doing: T is stopped. */
async function stateOf(pid: number): Promise<string> {
  return fieldsOf(await readFile(`/proc/${pid}/stat`, 'utf8'))[0] ?? '';
}

/** What follows the name of the program, which may have any character in it. */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
