import { composed } from './composed.ts';

/** The path of the root. */
export const ROOT = '/';

/**
 * The names in an object's path, outermost first, as ids are kept: composed. Nothing where the text is not a path; the root
 * has none.
 */
export function parsePath(path: string): readonly string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  return namesIn(path.slice(1), composed);
}

/** The path that leads through these names: "/folder/page". */
export function joinPath(names: readonly string[]): string {
  return `/${names.join('/')}`;
}

/**
 * The names that the path of a URL leads through. Every segment is decoded exactly once, and composed as ids are; nothing is given for what
 * nobody writes honestly: bad percent signs or UTF-8, NUL, empty segments, ".", ".." and slashes in disguise.
 */
export function decodeUrlPath(urlPath: string): readonly string[] | undefined {
  if (!urlPath.startsWith('/') || /[^\x21-\x7e]/.test(urlPath)) return undefined;
  return namesIn(urlPath.slice(1), decodeSegment);
}

/** An object's path as it stands in a URL: "/my page" gives "/my%20page". */
export function encodeUrlPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** The path of what a folder contains under this id. */
export function childPath(folder: string, id: string): string {
  return folder === ROOT ? `/${id}` : `${folder}/${id}`;
}

/** The path of the folder that an object is in; the root is in none. */
export function parentPath(path: string): string | undefined {
  if (path === ROOT) return undefined;
  return path.slice(0, path.lastIndexOf('/')) || ROOT;
}

/** The id at the end of a path; the root's is empty. */
export function idInPath(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Follows a path from a folder: "card", "../card" or "/shop/card". Nothing is above the root. */
export function resolvePath(path: string, folder: string): string | undefined {
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (name === '..' && names.pop() === undefined) return undefined;
    if (name !== '' && name !== '.' && name !== '..') names.push(composed(name));
  }
  return joinPath(names);
}

/** Whether the path is the folder's own or leads to something below it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === ROOT || path === folder || path.startsWith(`${folder}/`);
}

function namesIn(segments: string, decode: (segment: string) => string | undefined): readonly string[] | undefined {
  const trimmed = segments.endsWith('/') ? segments.slice(0, -1) : segments;
  if (trimmed === '') return segments === '' ? [] : undefined;
  const names: string[] = [];
  for (const segment of trimmed.split('/')) {
    const name = decode(segment);
    if (name === undefined || !isName(name)) return undefined;
    names.push(name);
  }
  return names;
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[\0/]/.test(name);
}

function decodeSegment(segment: string): string | undefined {
  // In a URL all letters with accents are encoded: most names cost nothing.
  if (!segment.includes('%')) return segment;
  try {
    return composed(decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}
