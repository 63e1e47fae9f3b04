import { Problem } from '../base/errors.ts';
import type { Json, ObjectState } from '../storage/storage.ts';
import type { TypeDefinition } from './types.ts';

type Properties = ObjectState['properties'];

/** One step of a type from one version to the next: properties as they were stored before it gives those after it. */
export type Step = (properties: Readonly<Record<string, Json>>) => Readonly<Record<string, Json>>;

/** Stored beside the properties: how many of its type's steps they have been through. No property is called so. */
const VERSION = '@version';

/** A state is shared by all requests that read it, and never changed. */
const upgraded = new WeakMap<Properties, Properties | string>();

/** Stored properties as the type has them today, ready to be stored again; or the sentence that says why they cannot be had. */
export function upgrade(definition: TypeDefinition, stored: Properties): Properties | string {
  if (versionOf(stored) === newest(definition)) return stored;
  const known = upgraded.get(stored);
  if (known !== undefined) return known;
  const made = take(definition, stored);
  upgraded.set(stored, made);
  return made;
}

/** The properties of a new object, with the version of its type. */
export function versioned(definition: TypeDefinition | undefined, properties: Properties): Properties {
  const version = definition === undefined ? 0 : newest(definition);
  return version === 0 ? properties : { ...properties, [VERSION]: version };
}

/** What is stored by an older version of its type is brought to ours by a server alone, when it changes that object. */
export class OtherVersion extends Problem {
  constructor(path: string, definition: TypeDefinition, stored: Properties) {
    super(
      409,
      'other-version',
      `'${path}' was stored by version ${versionOf(stored)} of the type '${definition.type}', and this program has version ` +
        `${newest(definition)}. An application or a command brings nothing to another version. Nothing was changed.`,
    );
  }
}

/** Stored properties without what stands beside them: the version, and what others chose for the object. */
export function withoutMetadata(stored: Properties): Properties {
  return pick(stored, (name) => !name.startsWith('@'));
}

function take(definition: TypeDefinition, stored: Properties): Properties | string {
  const { type, migrations = [] } = definition;
  const from = versionOf(stored);
  if (from > migrations.length) {
    return `It was stored by version ${from} of the type '${type}', and version ${migrations.length} is installed.`;
  }
  try {
    const properties = migrations.slice(from).reduce((before, step) => step(before), withoutMetadata(stored));
    const metadata = pick(stored, (name) => name.startsWith('@'));
    return versioned(definition, { ...properties, ...metadata });
  } catch (error) {
    return `It was stored by version ${from} of the type '${type}' and could not be brought to version ${migrations.length}: ${(error as Error).message}`;
  }
}

function pick(stored: Properties, isWanted: (name: string) => boolean): Properties {
  return Object.fromEntries(Object.entries(stored).filter(([name]) => isWanted(name)));
}

function newest({ migrations }: TypeDefinition): number {
  return migrations === undefined ? 0 : migrations.length;
}

function versionOf(stored: Properties): number {
  const version = stored[VERSION];
  return version === undefined ? 0 : Number(version);
}
