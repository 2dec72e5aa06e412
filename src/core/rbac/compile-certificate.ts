import {
  compileStringMatcher,
  lowerAscii,
  type Refuse,
  type StringMatcherConfig,
  toByteString,
} from '../match/index.ts';
import { type Condition, connectionCondition, type RbacSubject, wholeHint } from './condition.ts';
import type { ClientCertificateConfig } from './rbac-config.ts';

/**
 * A name is looked for among the client certificate's URI names, its DNS names and its subject. Without one any TLS connection will
 * do, with or without a client certificate (Envoy: matchers.cc, AuthenticatedMatcher).
 */
export function compileAuthenticated(
  { principalName }: { principalName?: StringMatcherConfig | undefined },
  refuse: Refuse,
): Condition | null {
  if (principalName === undefined) {
    return connectionCondition(
      'TLS',
      'true',
      ({ connection }) => connection.tls,
      (tls) => tls,
    );
  }
  const matcher = compileStringMatcher(principalName, refuse);
  if (matcher === null) return null;
  const read = ({ connection }: RbacSubject) => namesOf(connection);
  const test = (names: readonly string[]) => names.some((name) => matcher.matches(toByteString(name)));
  const hint = wholeHint(matcher, 'client certificate', (subject) => read(subject).map(toByteString));
  return connectionCondition('client certificate', matcher.wants, read, test, hint);
}

/** A TLS connection without a client certificate has an empty subject; one without TLS has no name at all. */
function namesOf({ tls, peer }: RbacSubject['connection']): readonly string[] {
  if (!tls) return [];
  return peer ? [...peer.uriNames, ...peer.dnsNames, peer.subject] : [''];
}

type Peer = NonNullable<RbacSubject['connection']['peer']>;

/** By `SubjectAltNameMatcher.SanType`. */
const NAMES: Readonly<Record<number, { kind: string; read(peer: Peer): readonly string[] }>> = {
  1: { kind: 'e-mail', read: ({ emails = [] }) => emails },
  2: { kind: 'DNS', read: ({ dnsNames }) => dnsNames },
  3: { kind: 'URI', read: ({ uriNames }) => uriNames },
  4: { kind: 'IP', read: ({ ipAddresses = [] }) => ipAddresses },
};
const DNS = 2;

/** One of a verified client certificate's alternative names. A DNS name that is wanted whole may be covered by a wildcard. */
export function compileSubjectAltName(
  config: NonNullable<ClientCertificateConfig['sanMatcher']>,
  refuse: Refuse,
): Condition | null {
  const names = NAMES[config.sanType];
  if (names === undefined) {
    refuse('a `san_type` of this kind is not supported', config, 'san_type', 'accepts');
    return null;
  }
  const matcher = config.matcher === undefined ? null : compileStringMatcher(config.matcher, refuse);
  if (matcher === null) return null;
  const host = config.sanType === DNS && matcher.plain?.kind === 'exact' ? matcher.plain.text : null;
  const test = (name: string) => (host === null ? matcher.matches(name) : covers(name, host));
  const place = `client certificate's ${names.kind} names`;
  const read = ({ connection }: RbacSubject) => (connection.peer ? names.read(connection.peer) : []);
  return connectionCondition(
    place,
    matcher.wants,
    read,
    (found) => found.some((name) => test(toByteString(name))),
    host === null ? wholeHint(matcher, place, (subject) => read(subject).map(toByteString)) : null,
  );
}

/** Whether a certificate's DNS name stands for a host: a `*` in its first label stands for characters of one label (Envoy: utility.cc). */
function covers(pattern: string, host: string): boolean {
  const [name, wanted] = [lowerAscii(pattern), lowerAscii(host)];
  if (name === wanted) return true;
  const [nameDot, wantedDot] = [name.indexOf('.'), wanted.indexOf('.')];
  if (nameDot < 0 || wantedDot < 0 || name.slice(nameDot) !== wanted.slice(wantedDot)) return false;
  const label = wanted.slice(0, wantedDot);
  const [head, tail, ...more] = name.slice(0, nameDot).split('*') as [string, ...string[]];
  if (tail === undefined || more.length > 0 || head.startsWith('xn--') || name.includes('*', nameDot))
    return false;
  return head.length + tail.length <= label.length && label.startsWith(head) && label.endsWith(tail);
}
