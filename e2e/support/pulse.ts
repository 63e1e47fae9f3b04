import { ask } from './applications/visitor.ts';

/** What a server's pages without a session did meanwhile. */
export interface Pulse {
  /** How long each answer took. */
  readonly times: readonly number[];
  /** Answers other than 200, and requests without an answer. */
  readonly failures: number;
  /** The longest: so long this machine, busy with other things too, may hold up any answer. */
  readonly longestMs: number;
}

const PAUSE_MS = 10;

/** Visits a page that needs no session again and again. The function it gives ends that and says how it went. */
export function startPulse(server: { readonly port: number }): () => Promise<Pulse> {
  const times: number[] = [];
  let failures = 0;
  let isOver = false;
  const beat = async () => {
    while (!isOver) {
      const began = performance.now();
      const answer = await ask(server.port, '/plain').catch(() => undefined);
      times.push(performance.now() - began);
      if (answer?.status !== 200) failures += 1;
      // A test that fails before it asks how it went is not kept from ending.
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
    }
  };
  const beating = beat();
  return async () => {
    isOver = true;
    await beating;
    return { times, failures, longestMs: Math.max(...times) };
  };
}
