import type { ObjectMessage, Warning } from '../../../schema/endpoints/objects.ts';
import type { TestMessage } from '../../../schema/endpoints/session-test.ts';

/** `10.0.0.7:11211, copy 10.0.0.8:11211`; process memory where no server keeps it. */
export function keptBy({ server, about }: Pick<TestMessage, 'server' | 'about'>): string {
  const [first = server, ...copies] = about?.places ?? [];
  if (!first) return 'This process';
  if (copies.length === 0) return first;
  return `${first}, ${copies.length === 1 ? 'copy' : 'copies'} ${copies.join(', ')}`;
}

/** Where the site's sessions are, as the end of a sentence that begins "The site’s sessions". */
export interface Whereabouts {
  readonly isHere: boolean;
  readonly text: string;
  /** The session data manager that says so, unless the text names it. */
  readonly manager: string | undefined;
}

/** Which notice of the server says that they are. */
const ELSEWHERE = 'Not the site’s container';
const BEGINNING = /^The site['’]s sessions /;

export function whereSiteSessionsAre(object: ObjectMessage, warnings: readonly Warning[]): Whereabouts {
  const elsewhere = warnings.find(({ short }) => short === ELSEWHERE);
  if (elsewhere) {
    const path = (elsewhere.remedy ?? elsewhere.link)?.path ?? '';
    const text = elsewhere.text.replace(BEGINNING, '');
    return { isHere: false, text, manager: text.includes(path) ? undefined : path };
  }
  const manager = object.pointsHere.find(({ property }) => property === 'container_path')?.path;
  if (manager) return { isHere: true, text: 'are kept here:', manager };
  return { isHere: false, text: 'are off: no session data manager is above this container.', manager: undefined };
}
