import type { Compile } from 'typebox/schema';
import type { FieldProblem } from '../../schema/messages/problems.ts';
import { Malformed } from '../base/errors.ts';

/** JSON Schemas for the members of a method's body. */
export const text = { type: 'string' } as const;
export const integer = { type: 'integer' } as const;
export const flag = { type: 'boolean' } as const;
export const texts = { type: 'array', items: text } as const;
/** A mapping of names to values that somebody else checks: the properties of an object. */
export const mapping = { type: 'object' } as const;

/** One of these words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): { type: 'string'; enum: readonly Word[] } {
  return { type: 'string', enum: words };
}

type MemberSchema =
  | typeof text
  | typeof integer
  | typeof flag
  | typeof texts
  | typeof mapping
  | { type: 'string'; enum: readonly string[] };

export type Members = Readonly<Record<string, MemberSchema>>;

type ValueOf<S> = S extends { enum: readonly (infer Word)[] }
  ? Word
  : S extends typeof text
    ? string
    : S extends typeof integer
      ? number
      : S extends typeof flag
        ? boolean
        : S extends typeof texts
          ? readonly string[]
          : Readonly<Record<string, unknown>>;

/** A body with these members, and perhaps those. */
export type BodyOf<Required, Optional> = { readonly [K in keyof Required]: ValueOf<Required[K]> } & {
  readonly [K in keyof Optional]?: ValueOf<Optional[K]>;
};

export interface BodySchema {
  readonly type: 'object';
  readonly properties: Members;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

type Validator = ReturnType<typeof Compile>;

/** Checks bodies against one schema, which is compiled when the first one comes. */
export class BodyCheck {
  readonly schema: BodySchema;
  #validator: Validator | undefined;

  constructor(required: Members, optional: Members) {
    const properties = { ...required, ...optional };
    this.schema = { type: 'object', properties, required: Object.keys(required), additionalProperties: false };
  }

  /** Refuses a body of another shape, naming each member that is wrong. */
  async check(body: unknown): Promise<void> {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new Malformed(NO_OBJECT, [{ pointer: '', detail: NO_OBJECT }]);
    // Loaded here because most processes' first requests have no body, and it takes 10 MB.
    this.#validator ??= (await import('typebox/schema')).Compile(this.schema);
    if (this.#validator.Check(body)) return;
    const [, errors] = this.#validator.Errors(body);
    throw new Malformed(
      'The body of the request does not have the shape that is expected here.',
      problemsFrom(errors, this.schema),
    );
  }
}

const NO_OBJECT = 'A JSON object was expected as the body of the request.';

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: {
    readonly type?: string;
    readonly requiredProperties?: readonly string[];
    readonly allowedValues?: readonly string[];
  };
}

const KINDS = new Map([
  ['string', 'a string'],
  ['integer', 'an integer'],
  ['boolean', 'true or false'],
  ['array', 'an array'],
  ['object', 'an object'],
]);

function problemsFrom(errors: readonly unknown[], { properties }: BodySchema): readonly FieldProblem[] {
  const names = Object.keys(properties).join(', ');
  return (errors as readonly SchemaError[]).flatMap(({ keyword, instancePath: pointer, params }) => {
    const { type, requiredProperties = [], allowedValues } = params;
    if (keyword === 'boolean') return [{ pointer, detail: `There is no such member. The members are ${names}.` }];
    if (keyword === 'type') return [{ pointer, detail: `The value must be ${KINDS.get(type ?? '') ?? type}.` }];
    if (keyword === 'enum') return [{ pointer, detail: `The value must be one of ${allowedValues?.join(', ')}.` }];
    return requiredProperties.map((name) => ({ pointer: `/${name}`, detail: `The member '${name}' is missing.` }));
  });
}
