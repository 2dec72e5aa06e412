import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { type Principal, PrincipalSchema } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { StringMatcher } from '#schema/envoy/type/matcher/v3/string_pb.js';
import { type Algebra, type Generator, type Target, Unfit } from './attribute.ts';
import { CLAIMS_PREFIX, HEADER_PREFIX, nameInBrackets, namesInNestedBrackets } from './condition-key.ts';
import { headerMatcher } from './header-matcher.ts';
import { parseIpRange } from './ip-range.ts';
import { claimMatcher } from './metadata-matcher.ts';
import { issuerClaim, parseRequestPrincipal, subjectClaim } from './request-principal.ts';
import { escapeRegex, regexMatcher, wildcardMatcher } from './string-matcher.ts';
import { trustDomainMatcher } from './trust-domains.ts';

type Identifier = NonNullable<MessageInitShape<typeof PrincipalSchema>['identifier']>;

/** Every identity in a mesh is a SPIFFE URI: `spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT`. */
const SPIFFE = 'spiffe://';

function principal(identifier: Identifier): Principal {
  return create(PrincipalSchema, { identifier });
}

export const principalAlgebra: Algebra<Principal> = {
  any: () => principal({ case: 'any', value: true }),
  and: (ids) => principal({ case: 'andIds', value: { ids } }),
  or: (ids) => principal({ case: 'orIds', value: { ids } }),
  not: (id) => principal({ case: 'notId', value: id }),
};

export const peerPrincipals: Generator<Principal> = {
  each: ({ text }, target) => peer(wildcardMatcher(text, SPIFFE), target),
};

export const namespaces: Generator<Principal> = {
  each: ({ text }, target) =>
    peer(regexMatcher(`.*/ns/${escapeRegex(text).replaceAll('\\*', '.*')}/.*`), target),
};

export const serviceAccounts: Generator<Principal> = {
  each: ({ text }, target) => {
    const slash = text.indexOf('/');
    const namespace = slash < 0 ? target.namespace : text.slice(0, slash);
    const account = text.slice(slash + 1);
    const regex = `${SPIFFE}.+/ns/${escapeRegex(namespace)}/(.+/|)sa/${escapeRegex(account)}(/.+)?`;
    return peer(regexMatcher(regex), target);
  },
};

export const trustDomains: Generator<Principal> = {
  each: ({ text }, target) => peer(trustDomainMatcher(text), target),
};

export const directRemoteIps: Generator<Principal> = { each: ({ text }) => ip('directRemoteIp', text) };

export const remoteIps: Generator<Principal> = { each: ({ text }) => ip('remoteIp', text) };

export const requestPrincipals: Generator<Principal> = {
  all: (values, { tcp, lineage }) => {
    if (tcp) return new Unfit('request principals exist on HTTP only');
    const ids = values.map((value) => {
      const { issuer, subject } = parseRequestPrincipal(value.text);
      const both = [issuerClaim(issuer), subjectClaim(subject)];
      const made = both.map((matcher) => principal({ case: 'metadata', value: matcher }));
      for (const id of made) lineage.ofValue(id, value);
      return lineage.ofValue(principalAlgebra.and(made), value);
    });
    return ids.length === 1 ? (ids[0] as Principal) : principalAlgebra.or(ids);
  },
};

export const audiences = claim(() => ['aud']);
export const presenters = claim(() => ['azp']);

/** `request.auth.claims[a][b]`. */
export function claims(key: string): Generator<Principal> {
  return claim(() => namesInNestedBrackets(key.slice(CLAIMS_PREFIX.length)), key);
}

/** `request.headers[name]`. */
export function requestHeader(key: string): Generator<Principal> {
  return {
    each: ({ text }, { tcp }) => {
      if (tcp) return new Unfit('headers exist on HTTP only');
      const name = nameInBrackets(key.slice(HEADER_PREFIX.length));
      if (name === null) return new Unfit(`\`${key}\` names no header in brackets`);
      return principal({ case: 'header', value: headerMatcher(name, text) });
    },
  };
}

function claim(pathOf: () => string[] | null, key = ''): Generator<Principal> {
  return {
    all: (values, { tcp }) => {
      if (tcp) return new Unfit('claims exist on HTTP only');
      const path = pathOf();
      if (path === null) return new Unfit(`\`${key}\` names no claim in brackets`);
      const texts = values.map(({ text }) => wildcardMatcher(text));
      return principal({ case: 'metadata', value: claimMatcher(path, texts) });
    },
  };
}

function peer(matcher: StringMatcher, target: Target): Principal {
  if (!target.peerInFilterState) {
    return principal({ case: 'authenticated', value: { principalName: matcher } });
  }
  return principal({
    case: 'filterState',
    value: { key: 'io.istio.peer_principal', matcher: { case: 'stringMatch', value: matcher } },
  });
}

function ip(kind: 'directRemoteIp' | 'remoteIp', text: string): Principal | Unfit {
  const range = parseIpRange(text);
  if (range === null) return new Unfit(`\`${text}\` is no IP address or block`);
  return principal({ case: kind, value: { addressPrefix: range.address, prefixLen: range.bits } });
}
