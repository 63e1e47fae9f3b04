import { composed } from './composed.ts';
import { hiddenProblem, INVISIBLE_SOURCE, visible } from './invisible.ts';

const MAX_BYTES = 255;

/** First segments of URLs that the server keeps for itself, so that no object in the root can have them as its id. */
export const RESERVED_IN_ROOT: readonly string[] = ['manage', 'api', 'assets', 'healthz', 'livez', 'readyz', 'metrics'];

// Names that every JavaScript object has; an id is never one of them, so that no table keyed by ids can be confused.
const RESERVED = ['constructor', 'prototype'];

interface IdContext {
  /** Whether the folder has an object of this id already. */
  readonly taken?: (id: string) => boolean;
  /** The folder is the root, where further ids are reserved. */
  readonly inRoot?: boolean;
  /** Nobody chooses it now: an object has it, or a copy gets it from that. It may be older than the rule of hidden characters. */
  readonly isKept?: boolean;
}

type Rule = (id: string, context: IdContext) => string | undefined;

const RULES: readonly Rule[] = [
  (id) => (id === '' ? 'Empty or invalid id specified' : undefined),
  (id) => tooLong(id),
  (id) =>
    says(id, /\p{Cc}/u.test(id) || !id.isWellFormed() || /[<>&\\?#%]/.test(id), 'contains characters illegal in URLs.'),
  (id, { isKept }) => (isKept === true ? undefined : hiddenProblem('id', id)),
  (id) => says(id, id === '.' || id === '..', 'is invalid because it is not traversable.'),
  (id) => says(id, id.startsWith('_'), 'is invalid because it begins with an underscore.'),
  (id) => says(id, id.startsWith('aq_'), 'is invalid because it begins with "aq_".'),
  (id) => says(id, id.endsWith('__'), 'is invalid because it ends with two underscores.'),
  (id) =>
    says(
      id,
      /^(@@|\+\+)/.test(id),
      'is invalid because it starts with characters reserved for this server views lookup.',
    ),
  (id) => says(id, id.startsWith('@'), 'is invalid because it begins with "@".'),
  (id, { taken }) => says(id, taken?.(id) === true, 'is invalid - it is already in use.'),
  (id, { inRoot }) => says(id, inRoot === true && RESERVED_IN_ROOT.includes(id), 'is reserved.'),
  (id) => says(id, RESERVED.includes(id), 'is reserved.'),
  (id) => (id === 'REQUEST' ? 'REQUEST is a reserved name.' : undefined),
  (id) => says(id, id.includes('/'), 'contains characters illegal in URLs.'),
];

/** Why an object may not have this id, as a sentence, or nothing where it may. Judges the id as `normaliseId` gives it. */
export function checkId(id: string, context: IdContext = {}): string | undefined {
  const normalised = normaliseId(id);
  for (const rule of RULES) {
    const problem = rule(normalised, context);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The form in which an id is kept and compared: without white space around it, in Unicode's composed form. */
export function normaliseId(id: string): string {
  return composed(id).trim();
}

/** The id that is wanted, or the first free one of "x2", "x3" and so on. */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  let id = wanted;
  for (let number = 2; taken.has(id); number += 1) id = `${wanted}${number}`;
  return id;
}

/** The id of a copy where this one is taken: "x" gives "copy_of_x", that "copy2_of_x", and that "copy3_of_x". */
export function nextCopyId(id: string): string {
  const [, number, original = id] = /^copy(\d{0,9})_of_(.*)$/su.exec(id) ?? [];
  if (number === undefined) return `copy_of_${id}`;
  return `copy${Number(number || 1) + 1}_of_${original}`;
}

/**
 * The id that a file gets from the name it has elsewhere: as much of it as the rules allow. What they still object to (too
 * long, taken, reserved) is for whoever uploads it to settle.
 */
export function idFromFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const allowed = last.replaceAll(new RegExp(`(${INVISIBLE_SOURCE}|[<>&?#%])+`, 'gu'), '-');
  return normaliseId(allowed.toWellFormed())
    .replace(/^[_@+]+/, '')
    .replace(/__+$/, '');
}

function says(id: string, isBroken: boolean, reason: string): string | undefined {
  return isBroken ? `The id "${visible(id)}" ${reason}` : undefined;
}

function tooLong(id: string): string | undefined {
  const bytes = new TextEncoder().encode(id).length;
  return bytes > MAX_BYTES ? `The id is ${bytes} bytes long. At most ${MAX_BYTES} are allowed.` : undefined;
}
