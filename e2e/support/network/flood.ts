import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const PROGRAM = new URL('flood-program.ts', import.meta.url).pathname;

/** What each connection sends, and then leaves as it is. */
export type FloodKind =
  | 'announced as 1 MiB'
  | 'all but one of 16 KiB'
  | 'byte by byte'
  | 'in chunks of one byte'
  | 'headers without end'
  | 'nothing at all'
  | 'a download that nobody reads';

export interface Flooded {
  /** How many answers of each status came. */
  readonly answers: Readonly<Record<string, number>>;
  /** Connections that were still open at the end. */
  readonly open: number;
}

/** Connects so often, and sends; resolves when all is sent. The function it gives ends the connections. */
export async function startFlood(port: number, connections: number, kind: FloodKind): Promise<() => Promise<Flooded>> {
  const child = spawn(process.execPath, [PROGRAM, String(port), String(connections), kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = once(child, 'close');
  const sent = await lines.next();
  if (sent.value !== 'sent') throw new Error(`The flood ended before it began: ${kind}`);
  return async () => {
    child.stdin.end();
    const { value } = await lines.next();
    await gone;
    return JSON.parse(String(value)) as Flooded;
  };
}
