/** JSON Schema of a value, with its type: what programs are told of it and what the compiler knows of it are one. */
export interface JsonSchema<Value = unknown> {
  readonly description?: string;
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null';
  readonly format?: 'date-time';
  readonly enum?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Members;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  /** Never set: carries the type of the value. */
  readonly value?: Value;
}

export type Members = Readonly<Record<string, JsonSchema>>;

export type ValueOf<S> = S extends JsonSchema<infer Value> ? Value : never;

/** An object with these members, and perhaps those. */
export type ObjectOf<Required, Optional> = Flat<
  { readonly [K in keyof Required]: ValueOf<Required[K]> } & { readonly [K in keyof Optional]?: ValueOf<Optional[K]> }
>;
type Flat<T> = { [K in keyof T]: T[K] };

export const text: JsonSchema<string> = { type: 'string' };
export const integer: JsonSchema<number> = { type: 'integer' };
export const number: JsonSchema<number> = { type: 'number' };
export const flag: JsonSchema<boolean> = { type: 'boolean' };
export const nothing: JsonSchema<null> = { type: 'null' };
/** ISO 8601, as are all times in messages. */
export const time: JsonSchema<string> = { type: 'string', format: 'date-time' };
export const texts: JsonSchema<readonly string[]> = listOf(text);
/** A mapping of names to values that somebody else checks: the properties of an object. */
export const mapping: JsonSchema<Readonly<Record<string, unknown>>> = { type: 'object' };

/** One of these words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): JsonSchema<Word> {
  return { type: 'string', enum: words };
}

export function listOf<Value>(items: JsonSchema<Value>): JsonSchema<readonly Value[]> {
  return { type: 'array', items };
}

/** A mapping of names to values that are alike. */
export function mapOf<Value, Name extends string = string>(
  values: JsonSchema<Value>,
): JsonSchema<Readonly<Record<Name, Value>>> {
  return { type: 'object', additionalProperties: values };
}

export function orNull<Value>(shape: JsonSchema<Value>): JsonSchema<Value | null> {
  return either(shape, nothing);
}

export function either<One, Other>(one: JsonSchema<One>, other: JsonSchema<Other>): JsonSchema<One | Other> {
  return { anyOf: [one, other] };
}

export function object<const Required extends Members, const Optional extends Members = {}>(
  required: Required,
  optional?: Optional,
): JsonSchema<ObjectOf<Required, Optional>> {
  const properties = { ...required, ...optional };
  return { type: 'object', properties, required: Object.keys(required), additionalProperties: false };
}

/** Says in words what a value is. */
export function about<Value>(description: string, shape: JsonSchema<Value>): JsonSchema<Value> {
  return { ...shape, description };
}
