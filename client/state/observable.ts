import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** One value that others may follow. */
export class Observable<Value> {
  #value: Value;
  readonly #followers = new Set<(value: Value) => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get(): Value {
    return this.#value;
  }

  set(value: Value): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const follower of this.#followers) follower(value);
  }

  /** Calls at each change, not for the value that is there. Gives the way to stop. */
  follow(follower: (value: Value) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}

type Followed = Pick<Observable<unknown>, 'follow'>;

/** Draws its element again whenever one of the values changes, while the element is connected. */
export class Watch implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #values: readonly Followed[];
  #stops: (() => void)[] = [];

  constructor(host: ReactiveControllerHost, ...values: readonly Followed[]) {
    this.#host = host;
    this.#values = values;
    host.addController(this);
  }

  hostConnected(): void {
    this.#stops = this.#values.map((value) => value.follow(() => this.#host.requestUpdate()));
  }

  hostDisconnected(): void {
    for (const stop of this.#stops) stop();
  }
}
