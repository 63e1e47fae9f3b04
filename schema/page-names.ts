/** What every page template finds under a name of its own, beside the session under the one that is set for it. */
export const PAGE_NAMES = [
  'here',
  'container',
  'root',
  'template',
  'objects',
  'request',
  'user',
  'language',
  'session',
  'error',
  'browser',
] as const;

/** Words of the template language: values and operators of its own, and what it sets in loops and blocks. */
const WORDS = ['true', 'false', 'nil', 'null', 'empty', 'blank', 'and', 'or', 'not', 'contains'].concat(
  'forloop tablerowloop block continue'.split(' '),
);

/** Why pages could not find the session under a name, as a sentence, or nothing where they can. */
export function sessionNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
    return `'${name}' is no name. It begins with a letter and has letters, digits and "_".`;
  if ([...PAGE_NAMES, ...WORDS].includes(name) || name in Object.prototype)
    return `Pages have a name '${name}' already, so they could not find the session under it. Use another, such as SESSION.`;
  return undefined;
}
