import type { Field } from '../../../schema/fields.ts';
import { WIDGETS, type Widget } from '../../../schema/form-schema.ts';
import { Capability } from '../../objects/capability.ts';
import {
  amount,
  among,
  anyText,
  callable,
  flag,
  is,
  listOf,
  mapOf,
  number,
  optional,
  required,
} from '../../base/shape.ts';
import { shaped, shown, words, type Check, type Mistake, type Shape } from '../../base/shape.ts';

const COMMON: Shape = {
  title: required(words),
  help: optional(anyText),
  readOnly: optional(flag),
  whenAdding: optional(flag),
  placeholder: optional(anyText),
  answers: optional(flag),
};
const TEXT: Shape = {
  ...COMMON,
  default: optional(anyText),
  maxLength: optional(amount),
  required: optional(flag),
  rule: optional(callable),
};
const choices = mapOf(words);

export const capabilityCheck = is('made by capability(…), such as STORE', (value) => value instanceof Capability);

/** What each builder of fields is given. */
const OPTIONS: Partial<Record<Widget, Shape>> = {
  string: TEXT,
  text: TEXT,
  code: { ...TEXT, language: required(among("a language, which is 'liquid'", () => ['liquid'])) },
  lines: {
    ...COMMON,
    default: optional(listOf(anyText)),
    item: optional(callable),
    all: optional(callable),
    maxLines: optional(amount),
    keeps: optional(callable),
  },
  integer: {
    ...COMMON,
    default: required(number),
    minimum: required(number),
    maximum: required(number),
    unit: optional(words),
  },
  boolean: { ...COMMON, default: required(flag) },
  selection: {
    ...COMMON,
    choices: required({ ...choices, wanted: 'an object of choices, each with its words' }),
    default: required(anyText),
  },
  path: { ...COMMON, default: optional(anyText), to: required(capabilityCheck) },
};

const NO_FIELD = `a field. Make it with one of ${Object.keys(OPTIONS)
  .map((name) => `p.${name}`)
  .join(', ')}`;
const field = is(NO_FIELD, (value) => isField(value));

/** One property of a type: what it was declared with, and whether its default follows its own rules. */
export const fieldCheck: Check = {
  ...field,
  find: (value, at) => (isField(value) ? mistakesIn(value, at) : field.find(value, at)),
};

function isField(value: unknown): value is Field {
  const { schema, check, normalise } = (value ?? {}) as Partial<Field>;
  return typeof check === 'function' && typeof normalise === 'function' && typeof schema === 'object';
}

function mistakesIn({ schema, options, check }: Field, at: string): readonly Mistake[] {
  const shape = OPTIONS[schema.widget];
  if (shape === undefined) return among('one that forms have', () => WIDGETS).find(schema.widget, `${at}.widget`);
  const made = options === undefined ? [] : shaped(`p.${schema.widget}`, shape).find(options, at);
  return made.length > 0 ? made : defaultMistakes(schema.default, (value) => check(value), at);
}

function defaultMistakes(value: unknown, check: Field['check'], at: string): readonly Mistake[] {
  const where = `${at}.default`;
  try {
    const found = check(value);
    if (!Array.isArray(found)) return [{ at, says: 'has a rule that gives no list of problems.' }];
    return found.map(({ detail }) => ({
      at: where,
      says: `is ${shown(value)}, which its own rule refuses: ${detail}`,
    }));
  } catch (error) {
    return [{ at: where, says: `is ${shown(value)}, at which its own rule fails: ${String(error)}` }];
  }
}
