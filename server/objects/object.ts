import type { Content, Json, ObjectState, StoredObject } from '../storage/storage.ts';
import { withDefaults } from '../../schema/properties.ts';
import type { TreeReader } from './reader.ts';
import type { Capability, CapabilityName } from './capability.ts';
import type { TypeDefinition } from './types.ts';
import { upgrade, withoutMetadata } from './versions.ts';

/** The oid of the root, in every tree. */
export const ROOT = 1;

/** Stored properties with their defaults. A state is shared by all requests that read it, and never changed. */
const completed = new WeakMap<ObjectState['properties'], unknown>();

/** Why an object does nothing, in a few words, in a sentence of its own, and with its path and what to do. */
interface ObjectProblem {
  readonly short: string;
  readonly text: string;
  readonly sentence: string;
}

/** The values of an object's properties. */
type Properties = Readonly<Record<string, unknown>>;

/** One object of the tree as one request sees it: what is stored, and what this request has changed so far. */
export class TreeObject<Values extends Properties = Properties> {
  readonly tree: TreeReader;
  /** The serial this request read it at; `null` for an object that this request makes. */
  readonly basis: number | null;
  readonly childCount: number;
  #parent: TreeObject | null;
  #state: ObjectState;
  #values: Values | undefined;

  constructor(tree: TreeReader, parent: TreeObject | null, state: ObjectState, stored?: StoredObject) {
    this.tree = tree;
    this.#parent = parent;
    this.#state = state;
    this.basis = stored?.serial ?? null;
    this.childCount = stored?.childCount ?? 0;
  }

  get state(): ObjectState {
    return this.#state;
  }

  get parent(): TreeObject | null {
    return this.#parent;
  }

  get oid(): number {
    return this.#state.oid;
  }

  get id(): string {
    return this.#state.id;
  }

  get type(): string {
    return this.#state.type;
  }

  get title(): string {
    return this.#state.title;
  }

  get owner(): string | null {
    return this.#state.owner;
  }

  /** The bytes it has beside its properties, if any. */
  get content(): Content | undefined {
    return this.#state.content;
  }

  get path(): string {
    if (this.parent === null) return '/';
    return this.parent.parent === null ? `/${this.id}` : `${this.parent.path}/${this.id}`;
  }

  /** Undefined where the object has a problem: it is then shown, but does nothing. */
  get definition(): TypeDefinition | undefined {
    const installed = this.tree.database.types.find(this.type);
    if (installed === undefined || typeof upgrade(installed, this.#state.properties) === 'string') return undefined;
    return installed;
  }

  /** Why this object does nothing: its type is not installed, or cannot read what is stored. */
  get problem(): ObjectProblem | undefined {
    const installed = this.tree.database.types.find(this.type);
    if (installed === undefined) {
      const remedy = 'Name its product in TRELLIS_PRODUCTS of this server or application.';
      return this.#problem(`Type '${this.type}' is not installed.`, 'Type is not installed', remedy);
    }
    const text = upgrade(installed, this.#state.properties);
    if (typeof text !== 'string') return undefined;
    return this.#problem(text, 'Type is of another version', 'Use the version that stored it.');
  }

  #problem(text: string, short: string, remedy: string): ObjectProblem {
    return { short, text, sentence: `'${this.path}' cannot be used. ${text} ${remedy}` };
  }

  /** What a missing type put into an object can still be looked at. */
  get isFolder(): boolean {
    const { definition } = this;
    return definition === undefined ? this.childCount > 0 : definition.contains !== undefined;
  }

  /** Its properties as they would be stored now: brought to the version of its type. */
  get stored(): ObjectState['properties'] {
    const { definition } = this;
    return definition === undefined
      ? this.#state.properties
      : (upgrade(definition, this.#state.properties) as ObjectState['properties']);
  }

  /** Every property of its type; defaults stand for what was never set. */
  get properties(): Values {
    this.#values ??= this.#readValues();
    return this.#values;
  }

  /** What this object provides. Its type does, or this throws. */
  provide<Provided>(capability: Capability<Provided>): Provided {
    const provision = this.definition?.provides?.find((each) => each.capability.name === capability.name);
    if (provision === undefined) throw new Error(`'${this.path}' does not provide '${capability.name}'.`);
    return provision.give(this) as Provided;
  }

  doesProvide({ name }: CapabilityName): boolean {
    return this.definition?.provides?.some(({ capability }) => capability.name === name) ?? false;
  }

  /** The nearest object upward, among the children of each folder on the way to the root, that provides a capability. */
  findService(capability: CapabilityName): Promise<TreeObject | undefined> {
    return this.tree.findService(this, capability);
  }

  /** The same object with other values, for looking at what a change would do. Not part of the tree. */
  withValues(properties: Readonly<Record<string, unknown>>): TreeObject {
    const state = {
      ...this.#state,
      properties: { ...this.stored, ...(properties as Record<string, Json>) },
    };
    return new TreeObject(this.tree, this.parent, state);
  }

  /** For the tree alone: puts a changed state in place, and the object that it is in. */
  replaceState(state: ObjectState, parent: TreeObject | null): void {
    this.#parent = parent;
    this.#state = state;
    this.#values = undefined;
  }

  #readValues(): Values {
    const { properties } = this.#state;
    const known = completed.get(properties);
    if (known !== undefined) return known as Values;
    const fields = this.definition?.properties;
    const values = fields === undefined ? withoutMetadata(properties) : withDefaults(fields, this.stored);
    completed.set(properties, values);
    return values as Values;
  }
}
