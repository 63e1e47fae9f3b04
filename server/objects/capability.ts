import type { TreeObject } from './object.ts';

/** By its name a capability is known in stored properties, in forms and in the API. */
export type CapabilityName = Pick<Capability<unknown>, 'name'>;

/** What a type provides under a capability's name, as its declaration says. */
export interface Provision {
  readonly capability: Capability<unknown>;
  readonly give: (object: TreeObject) => unknown;
}

/** What an object can do for others: types provide it, path properties lead to it, objects find it upward. */
export class Capability<Provided> {
  /** As the API and forms have it: `cache.store`. */
  readonly name: string;
  /** What an object is called that provides it: "a session data container". */
  readonly wanted: string;

  constructor(name: string, wanted: string) {
    this.name = name;
    this.wanted = wanted;
  }

  /** For the `provides` of a type: how its objects give what is provided. */
  by(give: (object: TreeObject) => Provided): Provision {
    return { capability: this, give };
  }
}

/** Declares a capability, once, beside the interface of what is provided. */
export function capability<Provided>(name: string, wanted: string): Capability<Provided> {
  return new Capability(name, wanted);
}
