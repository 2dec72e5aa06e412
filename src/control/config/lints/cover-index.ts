import type { RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';

type PathSpecifier = RouteMatch['pathSpecifier'];

/** A path written out. */
interface LiteralPath {
  case: 'prefix' | 'path' | 'pathSeparatedPrefix';
  value: string;
}

const NONE = Number.POSITIVE_INFINITY;

/**
 * Matches in their order, and for a further one the first of them that takes every request of it; only where that is sure. Each look
 * costs as much as there are different lengths of prefixes, however many matches there are.
 */
export class CoverIndex {
  #size = 0;
  /** `.*`, which takes even CONNECT. */
  #everything = NONE;
  /** `prefix: /`. */
  #everyPath = NONE;
  readonly #regexes = new Map<string, number>();
  readonly #asWritten = new LiteralPaths();
  readonly #ignoringCase = new LiteralPaths();

  /** @returns the number of the first match that covers it, undefined when there is none. */
  findCover({ pathSpecifier: path, caseSensitive }: RouteMatch): number | undefined {
    const candidates = [this.#everything];
    if (path.case !== 'connectMatcher') candidates.push(this.#everyPath);
    if (path.case === 'safeRegex') candidates.push(this.#regexes.get(path.value.regex) ?? NONE);
    if (isLiteral(path)) {
      candidates.push(this.#ignoringCase.findCover(lowerCased(path)));
      if (caseSensitive !== false) candidates.push(this.#asWritten.findCover(path));
    }
    const first = Math.min(...candidates);
    return first === NONE ? undefined : first;
  }

  /** A match gets the next number. Without one the place is empty. */
  add(match: RouteMatch | undefined): void {
    const index = this.#size++;
    if (match === undefined || !isBare(match)) return;
    const { pathSpecifier: path } = match;
    if (path.case === 'safeRegex') {
      if (path.value.regex === '.*') this.#everything = Math.min(this.#everything, index);
      keepFirst(this.#regexes, path.value.regex, index);
    } else if (path.case === 'prefix' && (path.value === '/' || path.value === '')) {
      this.#everyPath = Math.min(this.#everyPath, index);
    } else if (isLiteral(path)) {
      if (match.caseSensitive === false) this.#ignoringCase.add(lowerCased(path), index);
      else this.#asWritten.add(path, index);
    }
  }
}

/** Nothing but the path decides. */
function isBare(match: RouteMatch): boolean {
  return (
    match.headers.length === 0 &&
    match.queryParameters.length === 0 &&
    match.grpc === undefined &&
    match.tlsContext === undefined &&
    match.cookies.length === 0 &&
    match.filterState.length === 0 &&
    match.runtimeFraction === undefined &&
    match.dynamicMetadata.length === 0
  );
}

function isLiteral(path: PathSpecifier): path is LiteralPath & PathSpecifier {
  return path.case === 'prefix' || path.case === 'path' || path.case === 'pathSeparatedPrefix';
}

const lowerCased = ({ case: kind, value }: LiteralPath): LiteralPath => ({
  case: kind,
  value: value.toLowerCase(),
});

class LiteralPaths {
  readonly #prefix = new PrefixTable();
  readonly #separated = new PrefixTable();
  readonly #path = new Map<string, number>();

  add({ case: kind, value }: LiteralPath, index: number): void {
    if (kind === 'path') keepFirst(this.#path, value, index);
    else (kind === 'prefix' ? this.#prefix : this.#separated).add(value, index);
  }

  findCover({ case: kind, value }: LiteralPath): number {
    return Math.min(
      this.#prefix.findFirst(value, () => true),
      // A bare prefix is more than the folder of its name; a path may be the folder itself.
      this.#separated.findFirst(
        value,
        (end) => value[end] === '/' || (end === value.length && kind !== 'prefix'),
      ),
      kind === 'path' ? (this.#path.get(value) ?? NONE) : NONE,
    );
  }
}

/** Texts that others begin with. */
class PrefixTable {
  readonly #first = new Map<string, number>();
  readonly #lengths = new Set<number>();

  add(prefix: string, index: number): void {
    keepFirst(this.#first, prefix, index);
    this.#lengths.add(prefix.length);
  }

  /** The least index of those that `text` begins with and that may end where they do. */
  findFirst(text: string, mayEndAt: (length: number) => boolean): number {
    let first = NONE;
    for (const length of this.#lengths) {
      if (length > text.length || !mayEndAt(length)) continue;
      first = Math.min(first, this.#first.get(text.slice(0, length)) ?? NONE);
    }
    return first;
  }
}

function keepFirst(map: Map<string, number>, key: string, index: number): void {
  if (!map.has(key)) map.set(key, index);
}
