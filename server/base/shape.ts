/** A mistake in a declaration: where it is, and the rest of the sentence that begins with that. */
export interface Mistake {
  readonly at: string;
  readonly says: string;
}

/** What a value must be, in words, and what is wrong with one that is there. */
export interface Check {
  readonly wanted: string;
  readonly find: (value: unknown, at: string) => readonly Mistake[];
}

/** The members of a declaration. */
export type Shape = Readonly<Record<string, Check & { readonly isRequired: boolean }>>;

/** The shape of a declaration that TypeScript has, too: one that lacks a member does not compile. */
export type ShapeOf<Declaration> = { readonly [Name in keyof Required<Declaration>]: Shape[string] };

export const required = (check: Check) => ({ ...check, isRequired: true });
export const optional = (check: Check) => ({ ...check, isRequired: false });

/** A check of a whole value; `more` says what else is known of one that is wrong. */
export function is(wanted: string, isRight: (value: unknown) => boolean, more?: (value: unknown) => string): Check {
  const says = (value: unknown) => `is ${shown(value)}. It must be ${wanted}.${more?.(value) ?? ''}`;
  return { wanted, find: (value, at) => (isRight(value) ? [] : [{ at, says: says(value) }]) };
}

export const words = isText('a text that is not empty', (value) => value.trim() !== '');
export const anyText = isText('a text', () => true);
export const flag = is('true or false', (value) => typeof value === 'boolean');
export const callable = is('a function', (value) => typeof value === 'function');
export const number = is('a whole number', Number.isSafeInteger);
export const amount = is('a whole number above 0', (value) => Number.isSafeInteger(value) && Number(value) > 0);

/** As `is`, of a text. */
export function isText(wanted: string, isRight: (value: string) => boolean, more?: (value: string) => string): Check {
  return is(
    wanted,
    (value) => typeof value === 'string' && isRight(value),
    (value) => (typeof value === 'string' ? (more?.(value) ?? '') : ''),
  );
}

/** A text that is one of these. */
export function among(wanted: string, known: () => readonly string[]): Check {
  return isText(
    wanted,
    (value) => known().includes(value),
    (value) => meant(value, known()),
  );
}

/** A text whose rule says what is wrong with it. */
export function ruled(wanted: string, rule: (value: string) => string | undefined): Check {
  const find = (value: string, at: string) => {
    const problem = rule(value);
    return problem === undefined ? [] : [{ at, says: `is ${shown(value)}. ${problem}` }];
  };
  return { ...within(anyText, find), wanted };
}

export function listOf(check: Check): Check {
  return within(is('a list', Array.isArray), (list: readonly unknown[], at) =>
    list.flatMap((each, index) => check.find(each, `${at}[${index}]`)),
  );
}

/** An object whose members are all of one kind, under names that follow a rule. */
export function mapOf(check: Check, nameProblem: (name: string) => string | undefined = () => undefined): Check {
  const find = (name: string, value: unknown, at: string) => {
    const problem = nameProblem(name);
    return problem === undefined ? check.find(value, at) : [{ at, says: `has a name that cannot be. ${problem}` }];
  };
  return within(is('an object', isPlain), (map: object, at) =>
    Object.entries(map).flatMap(([name, each]) => find(name, each, `${at}.${name}`)),
  );
}

/** An object with the members of a shape and no others. */
export function shaped(kind: string, shape: Shape): Check {
  return within(is(kind, isPlain), (value: Readonly<Record<string, unknown>>, at) => {
    const below = (name: string) => (at === '' ? name : `${at}.${name}`);
    const unknown = Object.keys(value).filter((name) => !Object.hasOwn(shape, name));
    const known = Object.entries(shape).flatMap(([name, check]) => {
      if (value[name] !== undefined) return check.find(value[name], below(name));
      return check.isRequired ? [{ at: below(name), says: `is missing. It must be ${check.wanted}.` }] : [];
    });
    const names = Object.keys(shape);
    return [...unknown.map((name) => ({ at: below(name), says: noMember(name, kind, names) })), ...known];
  });
}

/** A check of a whole value, and of what is in one that passes it. */
function within<Value>(whole: Check, find: (value: Value, at: string) => readonly Mistake[]): Check {
  const findAll = (value: unknown, at: string) => {
    const mistakes = whole.find(value, at);
    return mistakes.length > 0 ? mistakes : find(value as Value, at);
  };
  return { ...whole, find: findAll };
}

function noMember(name: string, kind: string, names: readonly string[]): string {
  return `is no member of ${kind}.${meant(name, names) || ` It has ${names.join(', ')}.`}`;
}

export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What somebody probably meant, as a sentence. */
export function meant(written: string, names: readonly string[]): string {
  const [nearest] = names
    .map((name) => ({ name, distance: distanceOf(written.toLowerCase(), name.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance);
  const isNear = nearest !== undefined && nearest.distance <= Math.max(1, written.length / 4);
  return isNear ? ` Did you mean '${nearest.name}'?` : '';
}

/** How many letters have to be put in, left out or exchanged, also with the one beside them. */
function distanceOf(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= one.length; row += 1) {
    const [above = [], farther] = rows.toReversed();
    const now = [row];
    for (let at = 1; at <= other.length; at += 1) {
      const exchanged = above[at - 1]! + (one[row - 1] === other[at - 1] ? 0 : 1);
      const isTurned = one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      const turned = isTurned ? (farther?.[at - 2] ?? Infinity) + 1 : Infinity;
      now.push(Math.min(exchanged, turned, above[at]! + 1, now[at - 1]! + 1));
    }
    rows.push(now);
  }
  return rows.at(-1)!.at(-1)!;
}

/** A value in a sentence. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 80)}…` : value}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value instanceof URL) return `the URL '${value.href}'`;
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
