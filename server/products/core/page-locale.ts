import { p } from '../../../schema/fields.ts';
import type { TreeObject } from '../../objects/object.ts';
import { isZone } from '../../templates/values/zones.ts';

/** Where nothing is set, up to the root. */
const USUAL = { language: 'en', zone: 'UTC' } as const;

/** Properties of folders and pages, which hold for all that is in a folder. */
export const PLACE = {
  language: p.string({
    title: 'Language',
    help: 'In which pages here write amounts of money and dates: en, de, fr-CH. Empty: as the folder above, and English in the root.',
    placeholder: 'en',
    maxLength: 35,
    rule: languageProblem,
  }),
  time_zone: p.string({
    title: 'Time zone',
    help: 'Of the dates in pages here: Europe/Zurich, UTC. Empty: as the folder above, and UTC in the root.',
    placeholder: 'UTC',
    maxLength: 60,
    rule: zoneProblem,
  }),
} as const;

interface Locale {
  readonly language: string;
  readonly zone: string;
}

/** The language and the time zone of a page: its template's own, or those of the nearest folder above it that has one. */
export function localeOf(template: TreeObject): Locale {
  let found: Partial<Locale> = {};
  for (let at: TreeObject | null = template; at !== null; at = at.parent) {
    if (found.language !== undefined && found.zone !== undefined) break;
    found = { ...localeAt(at), ...found };
  }
  return { ...USUAL, ...found };
}

function localeAt({ properties }: TreeObject): Partial<Locale> {
  const { language, time_zone: zone } = properties as { language?: unknown; time_zone?: unknown };
  return { ...(isText(language) ? { language } : {}), ...(isText(zone) ? { zone } : {}) };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function languageProblem(language: string): string | undefined {
  if (language === '' || isLanguage(language)) return undefined;
  return `'${language}' is no language that pages can be written in. Use its code, such as en, de or fr-CH.`;
}

function isLanguage(code: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(code).length === 1;
  } catch {
    return false;
  }
}

function zoneProblem(zone: string): string | undefined {
  return zone === '' || isZone(zone) ? undefined : `'${zone}' is no time zone. Use one such as Europe/Zurich or UTC.`;
}
