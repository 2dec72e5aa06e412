export type Claim = string | number | boolean | null | readonly Claim[] | { readonly [name: string]: Claim };

/** Claims in the making. Members keep the order in which they first came. */
export class ClaimSet {
  readonly #members = new Map<string, Claim>();

  get(name: string): Claim | undefined {
    return this.#members.get(name);
  }

  set(name: string, value: Claim | undefined): void {
    if (value !== undefined) this.#members.set(name, value);
  }

  /** Sets the claim at a path, making the objects on the way there; what is no object on the way is replaced. */
  setAt(path: readonly string[], value: Claim): void {
    const [first, ...rest] = path;
    if (first === undefined) return;
    this.#members.set(first, nest(this.#members.get(first), rest, value));
  }

  /** Sets a claim as a mapper may (Keycloak: OIDCAttributeMapperHelper): what the server alone says stays as it is. */
  mapAt(path: readonly string[], value: Claim): void {
    const [first = '', ...rest] = path;
    if (SERVERS_OWN.has(first)) return;
    if (!TEXTS.has(first)) this.setAt(path, value);
    else if (rest.length === 0) this.#members.set(first, first === 'aud' ? textsOf(value) : textOf(value));
  }

  addAudience(audience: string): void {
    const held = this.audiences();
    if (held.includes(audience)) return;
    this.#members.set('aud', held.length === 0 ? audience : [...held, audience]);
  }

  audiences(): string[] {
    const held = this.#members.get('aud');
    if (held === undefined) return [];
    return typeof held === 'string' ? [held] : [...(held as string[])];
  }

  /** The members named in `order` that are there, in that order, then all others as they came. */
  render(order: readonly string[]): string {
    const first = order.filter((name) => this.#members.has(name));
    const rest = [...this.#members.keys()].filter((name) => !order.includes(name));
    const members = [...first, ...rest].map(
      (name) => `${JSON.stringify(name)}:${JSON.stringify(this.#members.get(name))}`,
    );
    return `{${members.join(',')}}`;
  }
}

/** No mapper makes a token last longer, or be of another issuer. */
const SERVERS_OWN = new Set(['jti', 'typ', 'iat', 'exp', 'iss', 'scope', 'nonce', 'session_state']);
/** Members that hold a text, `aud` several, and nothing that nests. */
const TEXTS = new Set(['sub', 'azp', 'acr', 'aud']);

const textOf = (value: Claim) => (typeof value === 'string' ? value : JSON.stringify(value));

function textsOf(value: Claim): Claim {
  if (!Array.isArray(value)) return textOf(value);
  return value.length === 1 ? textOf(value[0]) : value.map(textOf);
}

function nest(held: Claim | undefined, path: readonly string[], value: Claim): Claim {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const object = isObject(held) ? held : {};
  const inner = Object.hasOwn(object, first) ? object[first] : undefined;
  return Object.fromEntries([
    ...Object.entries(object).filter(([name]) => name !== first),
    [first, nest(inner, rest, value)],
  ]);
}

function isObject(value: Claim | undefined): value is { readonly [name: string]: Claim } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
