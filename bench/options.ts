import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

export interface Options {
  readonly parts: readonly string[];
  readonly rounds: number;
  /** Of each measurement. */
  readonly seconds: number;
  /** Only contestants whose name contains this. */
  readonly only: string;
  /** In the large folder of the storage's part. */
  readonly objects: number;
  readonly asMarkdown: boolean;
}

/** Something that whoever started the benchmark can mend; the message says what and how. */
export class CannotBench extends Error {}

const FLAGS = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  objects: { type: 'string' },
  only: { type: 'string', default: '' },
  markdown: { type: 'boolean', default: false },
} as const;

/** What the command line asks for. */
export function readOptions(args: readonly string[], parts: readonly string[]): Options {
  const { values, positionals } = parseCommandLine(args, FLAGS);
  const unknown = positionals.find((name) => !parts.includes(name));
  if (unknown !== undefined) throw new CannotBench(`There is no part "${unknown}". The parts are ${parts.join(', ')}.`);
  const { quick, only, markdown } = values;
  return {
    parts: positionals.length === 0 ? parts : positionals,
    rounds: positive('--rounds', values.rounds ?? (quick ? '1' : '5')),
    seconds: positive('--seconds', values.seconds ?? (quick ? '1' : '3')),
    objects: positive('--objects', values.objects ?? (quick ? '10000' : '100000')),
    only,
    asMarkdown: markdown,
  };
}

/** What was given by flags and without; or a sentence that names the flags. */
export function parseCommandLine<Flags extends ParseArgsOptionsConfig>(args: readonly string[], flags: Flags) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: flags });
  } catch (error) {
    const names = Object.keys(flags).join(', --');
    throw new CannotBench(`${(error as Error).message.split('. ')[0]}. The options are --${names}.`);
  }
}

/** A whole number from 1 up. */
export function positive(name: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new CannotBench(`${name} is "${text}". Give a whole number from 1 up.`);
  return Number(text);
}
