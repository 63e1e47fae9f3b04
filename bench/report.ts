/** What a part of the benchmark found out. */
export interface Report {
  readonly sections: readonly Section[];
  /** The same for programs. */
  readonly lines: readonly object[];
}

export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A section as a table for people, or as one in Markdown. The first column is words, the others are figures. */
export function print({ title, columns, rows }: Section, asMarkdown: boolean): string {
  const lines = [columns, ...rows];
  if (asMarkdown) return `**${title}**\n\n${markdown(columns, rows)}\n`;
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const pad = (cell: string, index: number) =>
    index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0);
  return `${title}\n\n${lines.map((line) => `${line.map(pad).join('  ').trimEnd()}\n`).join('')}\n`;
}

function markdown(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [line(columns), `|${'---|'.repeat(columns.length)}\n`, ...rows.map(line)].join('');
}

/** What is to be reached, and whether it was. */
export interface Goal {
  readonly sign: '≥' | '≤';
  readonly limit: number;
  readonly places?: number;
}

export function verdict(value: number | undefined, { sign, limit, places = 2 }: Goal): string {
  if (value === undefined || Number.isNaN(value)) return '';
  const isMet = sign === '≥' ? value >= limit : value <= limit;
  return `${figure(value, places)} ${isMet ? '✔' : '✖'}`;
}

/** A figure to so many places; nothing where there is none. */
export function figure(value: number | undefined, places = 0): string {
  return value === undefined || Number.isNaN(value) ? '' : value.toFixed(places);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
