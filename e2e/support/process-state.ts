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

/** The letter by which Linux names what a process is doing: T is stopped. */
async function stateOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).charAt(0);
}
