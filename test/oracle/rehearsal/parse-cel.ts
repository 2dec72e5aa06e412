import {
  bool,
  bytes,
  call,
  double,
  has,
  id,
  int,
  list,
  map,
  nothing,
  on,
  select,
  text,
  uint,
} from './cel-words.ts';

const TOKEN =
  /\s*(?:(?<double>\d+\.\d+(?:e[+-]?\d+)?|\d+e[+-]?\d+)|(?<uint>\d+)u\b|(?<int>\d+)|(?<raw>b?)(?<text>"(?:\\.|[^"\\])*")|(?<name>[A-Za-z_]\w*|`[^`]+`)|(?<sign>&&|\|\||[=!<>]=|[-+*/%!<>?:.,()[\]{}]))/y;

const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

/**
 * The syntax tree of a CEL text, as configurations hold it. A name in backticks is one name, whatever is in it: of a function with
 * points in its name, or of a message.
 */
export function parseCel(source: string): object {
  const parser = new CelParser(source);
  const tree = parser.choice();
  if (parser.peek() !== undefined) throw new Error(`bad CEL at ${parser.peek()}: ${source}`);
  return tree;
}

interface Token {
  kind: string;
  said: string;
}

class CelParser {
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(source: string) {
    TOKEN.lastIndex = 0;
    while (source.slice(TOKEN.lastIndex).trim() !== '') {
      const groups = TOKEN.exec(source)?.groups;
      if (groups === undefined) throw new Error(`bad CEL: ${source}`);
      const { raw, ...kinds } = groups;
      const [kind, said] = Object.entries(kinds).find(([, one]) => one !== undefined) as [string, string];
      this.#tokens.push({ kind: raw === 'b' && kind === 'text' ? 'bytes' : kind, said });
    }
  }

  peek(): string | undefined {
    const token = this.#tokens[this.#at];
    return token && (token.kind === 'text' || token.kind === 'bytes' ? `"${token.kind}` : token.said);
  }

  choice(): object {
    const condition = this.#binary(0);
    if (!this.#takes('?')) return condition;
    const whenTrue = this.choice();
    this.#want(':');
    return call('_?_:_', condition, whenTrue, this.choice());
  }

  #binary(level: number): object {
    const signs = BINARY[level];
    if (signs === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (let sign = this.peek(); sign !== undefined && signs.includes(sign); sign = this.peek()) {
      this.#at++;
      left = call(sign === 'in' ? '@in' : `_${sign}_`, left, this.#binary(level + 1));
    }
    return left;
  }

  #unary(): object {
    if (this.#takes('!')) return call('!_', this.#unary());
    if (!this.#takes('-')) return this.#members(this.#primary());
    const next = this.#tokens[this.#at];
    if (next?.kind !== 'int' && next?.kind !== 'double') return call('-_', this.#unary());
    next.said = `-${next.said}`;
    return this.#members(this.#primary());
  }

  #members(outer: object): object {
    if (this.#takes('[')) {
      const key = this.choice();
      this.#want(']');
      return this.#members(call('_[_]', outer, key));
    }
    if (!this.#takes('.')) return outer;
    const name = this.#name();
    return this.#members(this.#takes('(') ? on(outer, name, ...this.#list(')')) : select(outer, name));
  }

  #primary(): object {
    if (this.#takes('(')) {
      const inner = this.choice();
      this.#want(')');
      return inner;
    }
    if (this.#takes('[')) return list(...this.#list(']'));
    if (this.#takes('{')) return map(...this.#entries());
    const { kind, said } = this.#take();
    switch (kind) {
      case 'double':
        return double(Number(said));
      case 'uint':
        return uint(said);
      case 'int':
        return int(said);
      case 'text':
        return text(JSON.parse(said));
      case 'bytes':
        return bytes(JSON.parse(said));
      case 'name':
        return this.#named(said);
      default:
        throw new Error(`bad CEL at ${said}`);
    }
  }

  #named(said: string): object {
    if (said === 'true' || said === 'false') return bool(said === 'true');
    if (said === 'null') return nothing;
    const name = said.replaceAll('`', '');
    if (said.startsWith('`') && this.#takes('{')) {
      const entries = this.#entries(true).map(([key, value], index) => ({
        id: index + 1,
        field_key: key,
        value,
      }));
      return { struct_expr: { message_name: name, entries } };
    }
    if (!this.#takes('(')) return id(name);
    const args = this.#list(')');
    if (name !== 'has') return call(name, ...args);
    const { select_expr } = args[0] as { select_expr: { operand: object; field: string } };
    return has(select_expr.operand, select_expr.field);
  }

  #list(end: string): object[] {
    const members: object[] = [];
    while (!this.#takes(end)) {
      members.push(this.choice());
      this.#takes(',');
    }
    return members;
  }

  #entries(): [object, object][];
  #entries(byName: true): [string, object][];
  #entries(byName?: true): [object | string, object][] {
    const entries: [object | string, object][] = [];
    while (!this.#takes('}')) {
      const key = byName ? this.#name() : this.choice();
      this.#want(':');
      entries.push([key, this.choice()]);
      this.#takes(',');
    }
    return entries;
  }

  #name(): string {
    const { kind, said } = this.#take();
    if (kind !== 'name') throw new Error(`a name is wanted at ${said}`);
    return said.replaceAll('`', '');
  }

  #take(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Error('CEL ends early');
    return token;
  }

  #takes(sign: string): boolean {
    if (this.peek() !== sign) return false;
    this.#at++;
    return true;
  }

  #want(sign: string): void {
    if (!this.#takes(sign)) throw new Error(`\`${sign}\` is wanted at ${this.peek()}`);
  }
}
