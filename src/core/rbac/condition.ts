import type { Recorder } from '../../base/index.ts';
import {
  type HeaderMatcher,
  type IpRange,
  type MatchedRequest,
  type MetadataMatcher,
  type MetadataSource,
  type PathKey,
  type PathMatcher,
  type StringMatcher,
  withoutQuery,
} from '../match/index.ts';

/** What policies look at. */
export interface RbacSubject {
  readonly request: MatchedRequest;
  readonly connection: {
    readonly remoteAddress: string;
    readonly localAddress: string;
    readonly localPort: number;
    readonly serverName: string;
    readonly tls: boolean;
  };
  readonly metadataIfAny: MetadataSource | null;
}

/** A compiled permission or principal. */
export interface Condition {
  /** For a person. */
  readonly wants: string;
  /** Paths without which it cannot hold; null: any path will do. */
  readonly keys: readonly PathKey[] | null;
  holds(subject: RbacSubject, recorder: Recorder | null): boolean;
}

export const always: Condition = { wants: 'anything', keys: null, holds: () => true };

export function allOf(members: readonly Condition[]): Condition {
  return {
    wants: joinWants(members, ' and '),
    keys: members.find(({ keys }) => keys !== null)?.keys ?? null,
    holds(subject, recorder) {
      for (const member of members) if (!member.holds(subject, recorder)) return false;
      return true;
    },
  };
}

export function anyOf(members: readonly Condition[]): Condition {
  return {
    wants: joinWants(members, ' or '),
    keys: unionOfKeys(members),
    holds(subject, recorder) {
      for (const member of members) if (member.holds(subject, recorder)) return true;
      return false;
    },
  };
}

/** All members' keys, if every one of them has some. */
function unionOfKeys(members: readonly Condition[]): readonly PathKey[] | null {
  const keys: PathKey[] = [];
  for (const member of members) {
    if (member.keys === null) return null;
    keys.push(...member.keys);
  }
  return keys;
}

function joinWants(members: readonly Condition[], word: string): string {
  if (members.length === 1) return (members[0] as Condition).wants;
  return `(${members.map(({ wants }) => wants).join(word)})`;
}

export function not(member: Condition): Condition {
  return {
    wants: `not ${member.wants}`,
    keys: null,
    holds: (subject, recorder) => !member.holds(subject, recorder),
  };
}

export function headerCondition(matcher: HeaderMatcher): Condition {
  return {
    wants: matcher.wants,
    keys: null,
    holds: ({ request }, recorder) => matcher.matches(request, recorder),
  };
}

/** The path without its query (Envoy: path_matcher). */
export function pathCondition(matcher: StringMatcher | PathMatcher): Condition {
  const { plain } = matcher;
  const isIndexed = plain !== null && (plain.kind === 'exact' || plain.kind === 'prefix');
  return {
    wants: `path ${matcher.wants}`,
    keys: isIndexed
      ? [{ kind: plain.kind as 'exact' | 'prefix', text: plain.text, ignoreCase: plain.ignoreCase }]
      : null,
    holds({ request }, recorder) {
      const path = withoutQuery(request.path);
      if (recorder !== null) recorder.note(`path = "${path}"`);
      return matcher.matches(path);
    },
  };
}

export function metadataCondition(matcher: MetadataMatcher): Condition {
  return {
    wants: matcher.wants,
    keys: null,
    holds: ({ metadataIfAny }, recorder) => matcher.matches(metadataIfAny, recorder),
  };
}

/** A test of one value of the connection. */
export function connectionCondition<Value>(
  name: string,
  wants: string,
  read: (subject: RbacSubject) => Value,
  test: (value: Value) => boolean,
): Condition {
  return {
    wants: `${name} ${wants}`,
    keys: null,
    holds(subject, recorder) {
      const value = read(subject);
      if (recorder !== null) recorder.note(`${name} = ${value}`);
      return test(value);
    },
  };
}

export function addressCondition(
  name: string,
  range: IpRange,
  read: (subject: RbacSubject) => string,
): Condition {
  return connectionCondition(name, `in ${range.wants}`, read, (address) => range.contains(address));
}
