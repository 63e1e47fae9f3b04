import { BoundedMap } from './bounded-map.ts';

const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdgA?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\b(?:Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\bVersion\/(\d+)[\d.]* .*Safari\//, 'Safari'],
  [/^curl\/(\d+)/, 'curl'],
];

const SYSTEMS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

const labels = new BoundedMap<string, string>(500);

/** A User-Agent header in a few words: "Firefox 145, Linux". What it does not know stays out. */
export function browserLabel(userAgent: string): string {
  const header = userAgent.slice(0, 500);
  const known = labels.get(header);
  if (known !== undefined) return known;
  const label = labelFor(header);
  labels.set(header, label);
  return label;
}

function labelFor(header: string): string {
  const browser = BROWSERS.map(([pattern, name]) => {
    const [, version] = pattern.exec(header) ?? [];
    return version === undefined ? undefined : `${name} ${version}`;
  }).find((label) => label !== undefined);
  const system = SYSTEMS.find(([pattern]) => pattern.test(header))?.[1];
  return [browser, system].filter((part) => part !== undefined).join(', ');
}
