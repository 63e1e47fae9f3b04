import type { ServerUnreachable } from '../errors.ts';

/** A value as one server has it. */
export interface Held {
  readonly value: Buffer;
  /** How long it still lives there; `null`: for ever. */
  readonly ttlS: number | null;
}

/** What a server itself says of a key. */
export interface Holding {
  readonly address: string;
  /** `undefined`: it does not have it, or could not be asked. */
  readonly held?: Held | undefined;
  readonly unreachable?: ServerUnreachable;
}
