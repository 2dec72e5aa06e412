import { lowerAscii } from './byte-string.ts';

/** A text that the path must equal or start with for an entry to have a chance. */
export interface PathKey {
  kind: 'exact' | 'prefix';
  text: string;
  /** `text` is in lower case and the path's case does not count. */
  ignoreCase: boolean;
}

/** The whole test of an entry, its path (without query) included. */
interface Tested<Subject> {
  accepts(path: string, subject: Subject): boolean;
}

/**
 * Finds the first entry of a list that accepts a request, asking only those whose path has a chance: exact paths by a map,
 * prefixes by a trie, the rest in order.
 */
export class PathIndex<Subject, Entry extends Tested<Subject>> {
  readonly #entries: readonly Entry[];
  readonly #asSpelled = new Lookup();
  readonly #anyCase = new Lookup();
  readonly #rest: number[] = [];
  readonly #hasAnyCase: boolean;

  /** @param keys of each entry: it can only match where one of them does, and is not found by its path without any; null: ask it always */
  constructor(entries: readonly Entry[], keys: readonly (readonly PathKey[] | null)[]) {
    this.#entries = entries;
    let anyCase = false;
    for (const [order, those] of keys.entries()) {
      if (those === null) this.#rest.push(order);
      for (const key of those ?? []) {
        (key.ignoreCase ? this.#anyCase : this.#asSpelled).add(key, order);
        anyCase ||= key.ignoreCase;
      }
    }
    this.#hasAnyCase = anyCase;
  }

  /**
   * @param path without query
   * @returns the place in the list of the first entry that accepts; the list's length: none does
   */
  first(path: string, subject: Subject): number {
    let best = this.#firstIn(this.#asSpelled, path, path, subject, this.#entries.length);
    if (this.#hasAnyCase) best = this.#firstIn(this.#anyCase, lowerAscii(path), path, subject, best);
    return this.ask(this.#rest, path, subject, best);
  }

  #firstIn(lookup: Lookup, key: string, path: string, subject: Subject, bound: number): number {
    let best = bound;
    // A lookup makes V8 keep a path's text for good measure: none is made where there is nothing to find.
    const exact = lookup.exact.size === 0 ? undefined : lookup.exact.get(key);
    if (exact !== undefined) best = this.ask(exact, path, subject, best);
    let node: TrieNode | undefined = lookup.root;
    for (let at = 0; node !== undefined; ) {
      if (node.orders.length > 0) best = this.ask(node.orders, path, subject, best);
      node = node.children.get(key.charCodeAt(at));
      if (node === undefined || !key.startsWith(node.label, at)) break;
      at += node.label.length;
    }
    return best;
  }

  /** @returns the first of `orders`, which ascend, whose entry accepts; `bound` where none before it does */
  ask(orders: readonly number[], path: string, subject: Subject, bound: number): number {
    for (let i = 0; i < orders.length; i++) {
      const order = orders[i] as number;
      if (order >= bound) return bound;
      if ((this.#entries[order] as Entry).accepts(path, subject)) return order;
    }
    return bound;
  }
}

interface TrieNode {
  /** The text between the parent and this node. */
  label: string;
  orders: number[];
  /** By the first character of their labels. */
  children: Map<number, TrieNode>;
}

class Lookup {
  readonly exact = new Map<string, number[]>();
  readonly root: TrieNode = newNode('');

  add(key: PathKey, order: number): void {
    if (key.kind === 'prefix') {
      push(insert(this.root, key.text).orders, order);
      return;
    }
    const orders = this.exact.get(key.text);
    if (orders === undefined) this.exact.set(key.text, [order]);
    else push(orders, order);
  }
}

/** An entry may name one key twice. */
function push(orders: number[], order: number): void {
  if (orders[orders.length - 1] !== order) orders.push(order);
}

function newNode(label: string): TrieNode {
  return { label, orders: [], children: new Map() };
}

function insert(root: TrieNode, text: string): TrieNode {
  let node = root;
  let rest = text;
  while (rest !== '') {
    const child = node.children.get(rest.charCodeAt(0));
    if (child === undefined) {
      const leaf = newNode(rest);
      node.children.set(rest.charCodeAt(0), leaf);
      return leaf;
    }
    const shared = sharedLength(child.label, rest);
    node = shared === child.label.length ? child : split(node, child, shared);
    rest = rest.slice(shared);
  }
  return node;
}

/** Puts a node between `parent` and `child`, where their labels part. */
function split(parent: TrieNode, child: TrieNode, at: number): TrieNode {
  const middle = newNode(child.label.slice(0, at));
  child.label = child.label.slice(at);
  middle.children.set(child.label.charCodeAt(0), child);
  parent.children.set(middle.label.charCodeAt(0), middle);
  return middle;
}

function sharedLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}
