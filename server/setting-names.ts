import { meant } from './base/shape.ts';

const PREFIX = 'TRELLIS_';

/** The settings that are read from the environment, without what they all begin with. */
export const SETTINGS = [
  'HOST',
  'PORT',
  'DATA',
  'NAME',
  'ADMIN_PASSWORD',
  'ORIGIN',
  'TRUST_PROXY',
  'MEMCACHED_ALLOW',
  'SECRETS',
  'PRODUCTS',
  'DRAIN_SECONDS',
  'MAX_CONNECTIONS',
  'SECRET_WORDS',
  'LOG_LEVEL',
  'HEARTBEAT_SECONDS',
] as const;
export type Setting = (typeof SETTINGS)[number];

/** A name in the environment that looks like a setting. */
interface Stranger {
  /** Whether it is nearly one, and so none of another program's. */
  readonly isMisspelt: boolean;
  readonly says: string;
}

/** What has no effect. Others may use such names: for a Service called `trellis`, Kubernetes sets TRELLIS_SERVICE_HOST. */
export function strangersIn(environment: Readonly<Record<string, string | undefined>>): readonly Stranger[] {
  const names = Object.keys(environment).filter((name) => name.startsWith(PREFIX) && environment[name] !== undefined);
  const ends = names.map((name) => name.slice(PREFIX.length));
  return ends.filter((end) => !SETTINGS.some((setting) => setting === end)).map(strangerFrom);
}

function strangerFrom(end: string): Stranger {
  const guess = meant(end, SETTINGS).replace("'", `'${PREFIX}`);
  return { isMisspelt: guess !== '', says: `${PREFIX}${end} is no setting of Trellis and has no effect.${guess}` };
}
