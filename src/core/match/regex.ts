import type { RE2JS } from 're2js';
import { compileBytePattern } from './byte-pattern.ts';
import { detached } from './byte-string.ts';
import { translateLinearPattern } from './linear-pattern.ts';
import { measureProgram, type ProgramSize } from './program-size.ts';

/** A regular expression that must match a whole byte string (Envoy: regex.cc). Time is linear in the string's length. */
export interface Regex {
  readonly pattern: string;
  matchesAll(bytes: string): boolean;
}

/**
 * Compiles RE2 syntax over bytes.
 * @returns the compiled expression, or RE2's own words for what is wrong with it, as Envoy prints them
 */
export function compileRegex(pattern: string): { regex: Regex; error?: undefined } | { error: string } {
  const compiled = compileBytePattern(pattern);
  if (compiled.error !== undefined) return compiled;
  const { source, program } = compiled;
  const native = translateLinearPattern(source);
  return { regex: native === null ? new Re2Regex(pattern, program) : new NativeRegex(pattern, native) };
}

/** How large RE2's program of an expression over bytes is; null where it is none. */
export function measureRegex(pattern: string): ProgramSize | null {
  const compiled = compileBytePattern(pattern);
  return compiled.error === undefined ? measureProgram(compiled.source, compiled.program, 'bytes') : null;
}

class NativeRegex implements Regex {
  readonly pattern: string;
  readonly #native: RegExp;

  constructor(pattern: string, native: RegExp) {
    this.pattern = pattern;
    this.#native = native;
  }

  matchesAll(bytes: string): boolean {
    return this.#native.test(bytes);
  }
}

const VERDICTS_MAX = 512;
const CACHED_BYTES_MAX = 256;

/** RE2 with its latest verdicts at hand: the same few paths come again and again. Two generations, the older one is dropped. */
class Re2Regex implements Regex {
  readonly pattern: string;
  readonly #program: RE2JS;
  #young = new Map<string, boolean>();
  #old = new Map<string, boolean>();

  constructor(pattern: string, program: RE2JS) {
    this.pattern = pattern;
    this.#program = program;
  }

  matchesAll(bytes: string): boolean {
    if (bytes.length > CACHED_BYTES_MAX) return this.#program.testExact(bytes);
    const known = this.#young.get(bytes);
    if (known !== undefined) return known;
    const verdict = this.#old.get(bytes) ?? this.#program.testExact(bytes);
    this.#keep(detached(bytes), verdict);
    return verdict;
  }

  #keep(bytes: string, verdict: boolean): void {
    if (this.#young.size >= VERDICTS_MAX) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(bytes, verdict);
  }
}
