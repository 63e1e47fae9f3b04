import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Observable } from './observable.ts';

/** Whether the server was there at the last request, and if not, when it is asked again (milliseconds since 1970). */
export type Connection = { readonly up: true } | { readonly up: false; readonly nextTry: number };

export const connection = new Observable<Connection>({ up: true });

const PAUSES_S = [1, 2, 4, 8, 15];

let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** A request found no server. From now on /healthz is asked until it answers. */
export function serverLost(): void {
  if (timer === undefined) scheduleTry();
}

export function serverAnswered(): void {
  clearTimeout(timer);
  timer = undefined;
  tries = 0;
  if (!connection.get().up) connection.set({ up: true });
}

function scheduleTry(): void {
  const pauseMs = (PAUSES_S[tries] ?? 15) * 1000;
  tries += 1;
  connection.set({ up: false, nextTry: Date.now() + pauseMs });
  timer = setTimeout(tryAgain, pauseMs);
}

/** Does something whenever the server is there again after it was not, while its element is connected. */
export class Reconnected implements ReactiveController {
  readonly #run: () => unknown;
  #stop = () => {};

  constructor(host: ReactiveControllerHost, run: () => unknown) {
    this.#run = run;
    host.addController(this);
  }

  hostConnected(): void {
    this.#stop = connection.follow(({ up }) => {
      if (up) this.#run();
    });
  }

  hostDisconnected(): void {
    this.#stop();
  }
}

async function tryAgain(): Promise<void> {
  try {
    const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
    if (answer.ok) return serverAnswered();
  } catch {
    // Still out of reach: the next try is due below.
  }
  scheduleTry();
}
