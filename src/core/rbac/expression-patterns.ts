import { RE2JS, RE2JSSyntaxException } from 're2js';
import { measureProgram } from '../match/index.ts';

/** Envoy's `regex_max_program_size` of expressions, which no runtime changes. */
export const PROGRAM_SIZE_MAX = 100;

/** Those that came with requests; the next one drops them all. */
const MET_MAX = 32;

/** The regular expressions that an expression comes to, by their sources. */
export class Patterns {
  /** Those that it spells out. */
  readonly #written = new Map<string, Pattern | null>();
  readonly #met = new Map<string, Pattern | null>();

  /** Makes a pattern of the configuration, however large, before requests come. */
  keep(source: string): void {
    this.#written.set(source, compileOrNull(source));
  }

  /** The pattern, and at hand for the next time; null: it is none, or one that takes too long to make. */
  find(source: string): Pattern | null {
    let pattern = this.#written.get(source) ?? this.#met.get(source);
    if (pattern === undefined) {
      pattern = costOf(source) > COST_MAX || !source.isWellFormed() ? null : compileOrNull(source);
      if (this.#met.size >= MET_MAX) this.#met.clear();
      this.#met.set(source, pattern);
    }
    return pattern;
  }
}

/** Beside the limit of Envoy, which faults at a large one. */
export type PatternSize = 'small' | 'large' | 'unsure';

/** A compiled pattern whose size is measured when somebody asks for it. */
export class Pattern {
  readonly program: RE2JS;
  readonly #source: string;
  #size: PatternSize | null = null;

  constructor(source: string) {
    this.#source = source;
    this.program = RE2JS.compile(source);
  }

  get size(): PatternSize {
    this.#size ??= measure(this.#source, this.program);
    return this.#size;
  }
}

/** Where its size is not sure a pattern has to keep away from the limit. */
function measure(source: string, program: RE2JS): PatternSize {
  const { instructions, isExact } = measureProgram(source, program, 'text');
  if (instructions <= (isExact ? PROGRAM_SIZE_MAX : PROGRAM_SIZE_MAX * 0.9)) return 'small';
  return isExact ? 'large' : 'unsure';
}

function compileOrNull(source: string): Pattern | null {
  try {
    return new Pattern(source);
  } catch {
    return null;
  }
}

/** A client may choose the pattern: a few of its characters can stand for a program that takes seconds to make. */
const COST_MAX = 2000;

/** About the most instructions that a pattern can come to, whatever it says: repetitions of groups may be within each other. */
function costOf(source: string): number {
  const counts = Array.from(source.matchAll(/\{(\d+)(?:,(\d*))?\}/g), ([, least, most]) =>
    Number(most || least),
  );
  if (!source.includes('){')) return counts.reduce((sum, count) => sum + count, source.length);
  return counts.reduce((product, count) => product * Math.max(1, count), source.length);
}

/** What RE2 complains of too, whatever else it may know that the engine here does not. */
const SURE_ERRORS: ReadonlySet<string> = new Set([
  'missing closing )',
  'missing closing ]',
  'unexpected )',
  'trailing backslash at end of expression',
]);

/** Whether RE2 surely refuses the pattern: a function of it faults in Envoy, whatever the text. */
export function isNoPattern(source: string): boolean {
  try {
    RE2JS.compile(source);
    return false;
  } catch (error) {
    return error instanceof RE2JSSyntaxException && SURE_ERRORS.has(error.error);
  }
}

/** Whether the engine's complaint is of what RE2 takes: any byte, a character's part too (`\C`), and groups that share a name. */
export function isKnownToRe2(error: unknown): boolean {
  if (!(error instanceof RE2JSSyntaxException)) return false;
  return error.error === 'duplicate capture group name' || error.input === '\\C';
}
