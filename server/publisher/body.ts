import type { Compile } from 'typebox/schema';
import type { FieldProblem } from '../../schema/problems.ts';
import { object, type Members, type JsonSchema } from '../../schema/json-schema.ts';
import { Malformed } from '../base/errors.ts';

type Validator = ReturnType<typeof Compile>;

/** Checks bodies against one schema, which is compiled when the first one comes. */
export class BodyCheck {
  readonly schema: JsonSchema;
  #validator: Validator | undefined;

  constructor(required: Members, optional: Members) {
    this.schema = object(required, optional);
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
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['array', 'an array'],
  ['object', 'an object'],
]);

function problemsFrom(errors: readonly unknown[], { properties = {} }: JsonSchema): readonly FieldProblem[] {
  const names = Object.keys(properties).join(', ');
  const isOfTheBody = (pointer: string) => pointer.lastIndexOf('/') === 0;
  return (errors as readonly SchemaError[]).flatMap(({ keyword, instancePath: pointer, params }) => {
    const { type, requiredProperties = [], allowedValues } = params;
    if (keyword === 'boolean')
      return [
        { pointer, detail: `There is no such member.${isOfTheBody(pointer) ? ` The members are ${names}.` : ''}` },
      ];
    if (keyword === 'anyOf') return [{ pointer, detail: 'The value is of none of the kinds that may be here.' }];
    if (keyword === 'format') return [{ pointer, detail: 'The value must be a time, such as 2030-12-31T12:00:00Z.' }];
    if (keyword === 'type') return [{ pointer, detail: `The value must be ${KINDS.get(type ?? '') ?? type}.` }];
    if (keyword === 'enum') return [{ pointer, detail: `The value must be one of ${allowedValues?.join(', ')}.` }];
    return requiredProperties.map((name) => ({
      pointer: `${pointer}/${name}`,
      detail: `The member '${name}' is missing.`,
    }));
  });
}
