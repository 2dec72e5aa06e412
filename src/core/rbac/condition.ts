import type { Recorder } from '../../base/index.ts';
import {
  addressBits,
  type ClueSource,
  collectAt,
  type FilterState,
  fromByteString,
  type HeaderMatcher,
  type Hint,
  hintWithin,
  type IpRange,
  type MatchedRequest,
  type MetadataMatcher,
  type MetadataSource,
  noteState,
  type PathKey,
  pathHint,
  type StringMatcher,
  toByteString,
  valueHint,
  withoutParameters,
  withoutQuery,
} from '../match/index.ts';

interface CertificateNames {
  readonly uriNames: readonly string[];
  readonly dnsNames: readonly string[];
  readonly emails?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly subject: string;
}

/** What policies look at. */
export interface RbacSubject {
  readonly request: MatchedRequest;
  readonly connection: {
    readonly id?: number;
    readonly remoteAddress: string;
    readonly remotePort?: number;
    readonly localAddress: string;
    readonly localPort: number;
    readonly serverName: string;
    readonly tls: boolean;
    readonly peer?: CertificateNames | null;
    /** Under TLS on a running gate. */
    readonly certificates?: {
      readonly tlsVersion: string;
      readonly local: CertificateNames | null;
      readonly peerPem: string;
      readonly peerDigest: string;
    } | null;
  };
  readonly metadataIfAny: MetadataSource | null;
  /** null: no filter has left any, as always on a connection. */
  readonly filterStateIfAny?: FilterState | null;
  /** null: no route was found, or there is none yet. */
  readonly route?: {
    readonly name?: string;
    readonly metadata?: MetadataSource | null;
    /** Of its route configuration: paths are looked at without the parameters of their segments. */
    readonly ignoresPathParameters?: boolean;
  } | null;
  /** Absent where nobody asked for it when the gate was compiled. */
  readonly progress?: SubjectProgress | undefined;
}

/** How far an exchange, or a connection, has come, and through what. */
export interface SubjectProgress {
  readonly startMs: number;
  /** The cluster that the route leads to; empty: none, or one that there is not. */
  readonly clusterName: string;
  /** Also of a request that none of its routes matches. */
  readonly virtualHost: { readonly name: string; readonly metadata: MetadataSource | null } | null;
  readonly cluster: {
    readonly metadata: MetadataSource | null;
    /** null: DNS has the say. */
    readonly endpoints: number | null;
  } | null;
  readonly listener: {
    readonly metadata: MetadataSource | null;
    /** `envoy.config.core.v3.TrafficDirection`. */
    readonly direction: number;
    /** Empty: none. */
    readonly chainName: string;
  };
}

/** A compiled permission or principal. */
export interface Condition {
  /** For a person. */
  readonly wants: string;
  readonly hint: Hint<RbacSubject>;
  holds(subject: RbacSubject, recorder: Recorder | null): boolean;
}

/** `any`. */
export const always: Condition = { wants: 'anything', hint: null, holds: () => true };

/** Holds where every member does. */
export function allOf(members: readonly Condition[]): Condition {
  return {
    wants: joinWants(members, ' and '),
    hint: { kind: 'all', members: members.map(({ hint }) => hint) },
    holds(subject, recorder) {
      for (const member of members) if (!member.holds(subject, recorder)) return false;
      return true;
    },
  };
}

/** @param origins the messages that the members were compiled from: a recorder is told which of them held */
export function anyOf(members: readonly Condition[], origins: readonly object[]): Condition {
  return {
    wants: joinWants(members, ' or '),
    hint: { kind: 'any', members: members.map(({ hint }) => hint) },
    holds(subject, recorder) {
      if (recorder !== null) {
        const index = members.findIndex((member) => member.holds(subject, recorder));
        if (index >= 0) recorder.met(origins[index] as object);
        return index >= 0;
      }
      for (const member of members) if (member.holds(subject, null)) return true;
      return false;
    },
  };
}

function joinWants(members: readonly Condition[], word: string): string {
  if (members.length === 1) return (members[0] as Condition).wants;
  return `(${members.map(({ wants }) => wants).join(word)})`;
}

/** Holds where the member does not. */
export function not(member: Condition): Condition {
  return {
    wants: `not ${member.wants}`,
    hint: null,
    holds: (subject, recorder) => !member.holds(subject, recorder),
  };
}

/** A test of a request's header. */
export function headerCondition(matcher: HeaderMatcher): Condition {
  return {
    wants: matcher.wants,
    hint: hintWithin(matcher.hint, ({ request }: RbacSubject) => request),
    holds: ({ request }, recorder) => matcher.matches(request, recorder),
  };
}

/** The path without its query, and without its parameters where the route's configuration says so (Envoy: matchers.cc). */
export function pathOf({ request, route }: RbacSubject): string {
  const path = withoutQuery(request.path);
  return route?.ignoresPathParameters === true ? withoutParameters(path) : path;
}

/** A test of the path; where there is none, as of a connection, nothing matches (Envoy: matchers.cc, PathMatcher). */
export function pathCondition(
  matcher: Pick<StringMatcher, 'wants' | 'matches'>,
  keys: readonly PathKey[] | null,
): Condition {
  return {
    wants: `path ${matcher.wants}`,
    hint: pathHint(keys),
    holds(subject, recorder) {
      const path = pathOf(subject);
      if (recorder !== null) recorder.note(`path = "${fromByteString(path)}"`);
      return subject.request.path !== '' && matcher.matches(path);
    },
  };
}

/** A test of what filters have left in the dynamic metadata. */
export function metadataCondition(matcher: MetadataMatcher): Condition {
  return {
    wants: matcher.wants,
    hint: hintWithin(matcher.hint, ({ metadataIfAny }: RbacSubject) => metadataIfAny),
    holds: ({ metadataIfAny }, recorder) => matcher.matches(metadataIfAny, recorder),
  };
}

/** What the route's configuration says; without a route even what is inverted does not hold. */
export function routeMetadataCondition(matcher: MetadataMatcher): Condition {
  return {
    wants: `the route's ${matcher.wants}`,
    hint: null,
    holds({ route }, recorder) {
      if (route) return matcher.matches(route.metadata ?? null, recorder);
      if (recorder !== null) recorder.note('there is no route');
      return false;
    },
  };
}

/** A test of a text in the filter state; without one it does not hold (Envoy: matchers.cc). */
export function stateCondition(key: string, matcher: StringMatcher): Condition {
  const bytes = toByteString(key);
  return {
    wants: `filter state ${key} ${matcher.wants}`,
    hint: null,
    holds({ filterStateIfAny }, recorder) {
      const text = filterStateIfAny?.get(bytes);
      if (recorder !== null) noteState(key, text, recorder);
      return text !== undefined && matcher.matches(text);
    },
  };
}

/** What looks at something that no filter here provides. */
export function absentCondition(wants: string, missing: string): Condition {
  return {
    wants,
    hint: null,
    holds(_subject, recorder) {
      if (recorder !== null) recorder.note(missing);
      return false;
    },
  };
}

/**
 * A test of one value of the connection.
 * @param hint what it cannot hold without
 */
export function connectionCondition<Value>(
  name: string,
  wants: string,
  read: (subject: RbacSubject) => Value,
  test: (value: Value) => boolean,
  hint: Hint<RbacSubject> = null,
): Condition {
  return {
    wants: `${name} ${wants}`,
    hint,
    holds(subject, recorder) {
      const value = read(subject);
      if (recorder !== null) recorder.note(`${name} = ${value}`);
      return test(value);
    },
  };
}

/** A hint by what a matcher wants whole; null: it wants nothing whole. */
export function wholeHint(
  { plain }: StringMatcher,
  name: string,
  read: (subject: RbacSubject) => readonly string[],
): Hint<RbacSubject> {
  return plain?.kind === 'exact' && !plain.ignoreCase ? valueHint(name, [plain.text], read) : null;
}

/** A test of one address of the connection. */
export function addressCondition(
  name: string,
  range: IpRange,
  read: (subject: RbacSubject) => string,
): Condition {
  const source: ClueSource<RbacSubject> = {
    name,
    collect(subject, places, found) {
      const bits = addressBits(read(subject));
      for (const length of places.keys()) collectAt(places, length, bits.slice(0, Number(length)), found);
    },
  };
  const clue = { source, place: String(range.bits), texts: [range.shared] };
  const test = (address: string) => range.contains(address);
  return connectionCondition(name, `in ${range.wants}`, read, test, { kind: 'value', clue });
}
