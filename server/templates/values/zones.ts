const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MOST_FORMATS = 100;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether there is a time zone of this name, such as Europe/Zurich or UTC. */
export function isZone(name: string): boolean {
  try {
    return formatOf(name) !== undefined;
  } catch {
    return false;
  }
}

/** How far the clocks of a time zone are ahead of UTC at an instant. Nothing here asks for the time zone of the machine. */
export function offsetAt(instant: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(instant);
  const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  const ahead = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS + Number(seconds) * 1000;
  return sign === '-' ? -ahead : ahead;
}

/**
 * When clocks of a zone show a time, which is given as if it were UTC. Of a time that comes twice the first; a time that is
 * left out, as when clocks go forward, is as much later.
 */
export function instantOf(wall: number, zone: string): number {
  const [before, after] = [offsetAt(wall - DAY_MS, zone), offsetAt(wall + DAY_MS, zone)];
  const instant = [before, after].map((offset) => wall - offset).find((each) => each + offsetAt(each, zone) === wall);
  return instant ?? wall - before;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  if (formats.size >= MOST_FORMATS) formats.clear();
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  formats.set(zone, format);
  return format;
}
