/** What istiod's webhook makes of an inline key set. */
export interface JwksVerdict {
  /** Why the text is refused. */
  problem?: string;
  /** Positions of keys that carry a secret: symmetric ones, or with a private part. */
  secretKeys: number[];
}

/** What a key of each type must have. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  oct: ['k'],
};

/** Reads a key set, or a single key, from the front of the text; what follows the JSON is not looked at (istio.md §1.2). */
export function judgeJwksText(text: string): JwksVerdict {
  const value = firstJsonValue(text);
  if (value === undefined) return { problem: 'the text is not JSON', secretKeys: [] };
  if (!isObject(value)) return { problem: 'a key set is a JSON object', secretKeys: [] };
  if (!('keys' in value)) return judgeKeys([value]);
  if (value['keys'] === null) return { secretKeys: [] };
  if (!Array.isArray(value['keys'])) return { problem: '`keys` is not a list', secretKeys: [] };
  return judgeKeys(value['keys']);
}

function judgeKeys(keys: readonly unknown[]): JwksVerdict {
  const secretKeys: number[] = [];
  for (const [index, key] of keys.entries()) {
    const problem = keyProblem(key);
    if (problem !== null) return { problem: `key ${index}: ${problem}`, secretKeys: [] };
    const { kty, d } = key as Record<string, unknown>;
    if (kty === 'oct' || d !== undefined) secretKeys.push(index);
  }
  return { secretKeys };
}

function keyProblem(key: unknown): string | null {
  if (!isObject(key)) return 'not an object';
  const { kty } = key;
  const required = typeof kty === 'string' && Object.hasOwn(REQUIRED, kty) ? REQUIRED[kty] : undefined;
  if (required === undefined) return `unknown key type \`${String(kty ?? '')}\``;
  const missing = required.find((name) => typeof key[name] !== 'string' || key[name] === '');
  return missing === undefined ? null : `\`${missing}\` is missing`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON value that the text starts with; undefined when there is none. */
function firstJsonValue(text: string): unknown {
  const start = text.trimStart();
  for (const end of [start.length, closingEnd(start)]) {
    try {
      return JSON.parse(start.slice(0, end));
    } catch {
      // The text may go on after the value: look at the value alone.
    }
  }
  return undefined;
}

/** Where the bracket that the text starts with is closed. */
function closingEnd(text: string): number {
  let depth = 0;
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/gs;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '{' || match[0] === '[') depth++;
    if ((match[0] === '}' || match[0] === ']') && --depth <= 0) return token.lastIndex;
  }
  return text.length;
}
