/** Of more combinations than these each part is varied by itself. */
const COMBINED_MAX = 48;
/** Of an expression that is a long list. */
const SAMPLES_MAX = 1000;
/** Longer texts are no samples: repetitions of repetitions multiply. */
const LENGTH_MAX = 8192;

/**
 * Some texts that an RE2 expression matches as a whole: each alternative, each member of a class and both ends of its ranges, each
 * repetition at its fewest, once more and at its most. They are candidates only: whoever uses them asks the real matcher.
 */
export function regexSamples(regex: string): string[] {
  const samples = new SampleParser(regex).parse();
  const folded = /^\(\?[a-zA-Z]*i/.test(regex) ? samples.map(otherCase) : [];
  return [...new Set([...samples, ...folded])];
}

const otherCase = (text: string) => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase());

/** All pairs; of too many, each part varied by itself, so that no alternative is missing. */
function joined(heads: readonly string[], tails: readonly string[]): string[] {
  if (heads.length * tails.length <= COMBINED_MAX) {
    return bounded(heads.flatMap((head) => tails.map((tail) => head + tail)));
  }
  const [firstHead = ''] = heads;
  const [firstTail = ''] = tails;
  return bounded([
    ...heads.map((head) => head + firstTail),
    ...tails.slice(1).map((tail) => firstHead + tail),
  ]);
}

function bounded(samples: readonly string[]): string[] {
  return [...new Set(samples.filter(({ length }) => length <= LENGTH_MAX))].slice(0, SAMPLES_MAX);
}

/** Those that are not too long. */
function repeat(samples: readonly string[], count: number): string[] {
  return samples.filter(({ length }) => length * count <= LENGTH_MAX).map((sample) => sample.repeat(count));
}

const CLASS_SAMPLES: Readonly<Record<string, string>> = { d: '7', D: 'x', w: 'x', W: '-', s: ' ', S: 'x' };
const ZERO_WIDTH = new Set(['b', 'B', 'A', 'z', 'Z']);

class SampleParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replace(/^\(\?[a-zA-Z]+\)/, '');
  }

  parse(): string[] {
    return this.#alternatives();
  }

  #alternatives(): string[] {
    const all = this.#sequence();
    while (this.#text[this.#at] === '|') {
      this.#at++;
      const more = this.#sequence();
      if (all.length < SAMPLES_MAX) all.push(...more);
    }
    return bounded(all);
  }

  #sequence(): string[] {
    let heads = [''];
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at] as string)) {
      const tails = this.#repeated(this.#atom());
      heads = joined(heads, tails);
    }
    return heads;
  }

  #atom(): string[] {
    const char = this.#text[this.#at++] as string;
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return this.#characterClass();
      case '\\':
        return [this.#escape()];
      case '.':
        return ['x'];
      case '^':
      case '$':
        return [''];
      default:
        return [char];
    }
  }

  #group(): string[] {
    const opening = /^\?(?:P?<\w+>|[a-zA-Z]*:)/.exec(this.#text.slice(this.#at));
    if (opening !== null) this.#at += opening[0].length;
    const samples = this.#alternatives();
    this.#at++;
    return samples;
  }

  #escape(): string {
    const char = this.#text[this.#at++] ?? '';
    if (ZERO_WIDTH.has(char)) return '';
    return CLASS_SAMPLES[char] ?? char;
  }

  /** Members and both ends of ranges; of a class of what is left out, a character that is not in it. */
  #characterClass(): string[] {
    const end = this.#classEnd();
    const body = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    if (body.startsWith('^')) return [['x', '7', '-', '~'].find((char) => !body.includes(char)) ?? 'x'];
    const members = [...body.matchAll(CLASS_MEMBER)].flatMap(([, escaped, first = '', last]) => {
      if (escaped !== undefined) return [CLASS_SAMPLES[escaped] ?? escaped];
      return last === undefined ? [first] : [first, last];
    });
    return members.length === 0 ? [''] : members.slice(0, SAMPLES_MAX);
  }

  #classEnd(): number {
    let at = this.#at + 1;
    while (at < this.#text.length && this.#text[at] !== ']') at += this.#text[at] === '\\' ? 2 : 1;
    return at;
  }

  #repeated(samples: string[]): string[] {
    const found = /^(?:([*+?])|\{(\d+)(?:,(\d*))?\})\??/.exec(this.#text.slice(this.#at));
    if (found === null) return samples;
    this.#at += found[0].length;
    return bounded(repetitions(samples, found));
  }
}

const REPEATED_MAX = 64;

function repetitions(samples: readonly string[], [, sign, fewest, most]: RegExpExecArray): string[] {
  const first = samples.slice(0, 1);
  if (sign === '?') return ['', ...samples];
  if (sign === '*') return ['', ...samples, ...repeat(first, 2)];
  if (sign === '+') return [...samples, ...repeat(first, 2)];
  const least = Math.min(Number(fewest), REPEATED_MAX);
  const atLeast = least === 0 ? [''] : repeat(samples, least);
  if (most === undefined) return atLeast;
  const more = most === '' ? least + 1 : Math.min(Number(most), REPEATED_MAX);
  return [...atLeast, ...repeat(samples, Math.min(least + 1, more)), ...repeat(first, more)];
}

/** An escape, a range or a character. */
const CLASS_MEMBER = /\\(.)|([^\\])(?:-([^\]\\]))?/g;
