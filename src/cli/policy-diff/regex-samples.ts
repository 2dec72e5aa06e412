/** Most samples of one expression. */
const SAMPLES_MAX = 8;

/**
 * Some texts that an RE2 expression matches as a whole: each alternative, each repetition at its fewest and once more. They are
 * candidates only: whoever uses them asks the real matcher.
 */
export function regexSamples(regex: string): string[] {
  const samples = new SampleParser(regex).parse();
  return [...new Set(samples)].slice(0, SAMPLES_MAX);
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
      all.push(...this.#sequence());
    }
    return all;
  }

  #sequence(): string[] {
    let heads = [''];
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at] as string)) {
      const tails = this.#repeated(this.#atom());
      heads = heads.flatMap((head) => tails.map((tail) => head + tail)).slice(0, SAMPLES_MAX);
    }
    return heads;
  }

  #atom(): string[] {
    const char = this.#text[this.#at++] as string;
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return [this.#characterClass()];
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

  /** The first member; of a class of what is left out, a character that is not in it. */
  #characterClass(): string {
    const end = this.#classEnd();
    const body = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    if (body.startsWith('^')) return ['x', '7', '-', '~'].find((char) => !body.includes(char)) ?? 'x';
    return body.startsWith('\\') ? (CLASS_SAMPLES[body[1] ?? ''] ?? body[1] ?? '') : (body[0] ?? '');
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
    const [, sign, fewest] = found;
    if (sign === '*' || sign === '?') return ['', ...samples];
    if (sign === '+') return samples;
    const count = Number(fewest);
    return count === 0 ? ['', ...samples] : samples.map((sample) => sample.repeat(Math.min(count, 64)));
  }
}
