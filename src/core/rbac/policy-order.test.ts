import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MatchedValue, StringMatcherConfig, ValueMatcherConfig } from '../match/index.ts';
import type { RbacSubject } from './condition.ts';
import { compileRbacEngine, type Policy } from './engine.ts';
import type {
  ClientCertificateConfig,
  PermissionConfig,
  PolicyConfig,
  PrincipalConfig,
} from './rbac-config.ts';

const TEXTS = ['a', 'b', 'é', ''];
const anyText = fc.constantFrom(...TEXTS);

const stringMatcher: fc.Arbitrary<StringMatcherConfig> = fc.record({
  matchPattern: fc.oneof(
    fc.record({ case: fc.constant('exact' as const), value: anyText }),
    fc.record({ case: fc.constant('prefix' as const), value: anyText }),
  ),
  ignoreCase: fc.boolean(),
});

const text: fc.Arbitrary<ValueMatcherConfig> = stringMatcher.map((value) => ({
  matchPattern: { case: 'stringMatch', value },
}));
const value: fc.Arbitrary<ValueMatcherConfig> = fc.oneof(
  text,
  text.map(
    (one): ValueMatcherConfig => ({
      matchPattern: { case: 'listMatch', value: { matchPattern: { case: 'oneOf', value: one } } },
    }),
  ),
  fc.array(text, { maxLength: 2 }).map(
    (valueMatchers): ValueMatcherConfig => ({
      matchPattern: { case: 'orMatch', value: { valueMatchers } },
    }),
  ),
);

const leaf: fc.Arbitrary<PrincipalConfig> = fc.oneof(
  fc.constant<PrincipalConfig>({ identifier: { case: 'any', value: true } }),
  fc
    .record({
      name: fc.constantFrom('x', ':method', 'host'),
      matcher: stringMatcher,
      inverted: fc.boolean(),
      empty: fc.boolean(),
    })
    .map(
      ({ name, matcher, inverted, empty }): PrincipalConfig => ({
        identifier: {
          case: 'header',
          value: {
            name,
            headerMatchSpecifier: { case: 'stringMatch', value: matcher },
            invertMatch: inverted,
            treatMissingHeaderAsEmpty: empty,
          },
        },
      }),
    ),
  fc.record({ key: fc.constantFrom('sub', 'groups'), value, invert: fc.boolean() }).map(
    ({ key, value: wanted, invert }): PrincipalConfig => ({
      identifier: {
        case: 'metadata',
        value: { filter: 'ns', path: [{ segment: { case: 'key', value: key } }], value: wanted, invert },
      },
    }),
  ),
);
const range = fc.record({
  addressPrefix: fc.constantFrom('10.0.0.1', '10.128.0.0', '::', 'a00:1::'),
  prefixLen: fc.constantFrom(undefined, 0, 1, 9, 32, 128),
});
const ofConnection: fc.Arbitrary<PrincipalConfig> = fc.oneof(
  fc
    .record({
      kind: fc.constantFrom('sourceIp' as const, 'directRemoteIp' as const, 'remoteIp' as const),
      range,
    })
    .map(({ kind, range: value }): PrincipalConfig => ({ identifier: { case: kind, value } })),
  fc.option(stringMatcher, { nil: undefined }).map(
    (principalName): PrincipalConfig => ({
      identifier: { case: 'authenticated', value: { principalName } },
    }),
  ),
  fc
    .record({ sanType: fc.constantFrom(1, 2, 3), matcher: stringMatcher })
    .map((sanMatcher): PrincipalConfig => ({ identifier: { case: 'custom', value: { sanMatcher } } })),
);
const principal: fc.Arbitrary<PrincipalConfig> = fc.oneof(
  leaf,
  ofConnection,
  ofConnection.map((value): PrincipalConfig => ({ identifier: { case: 'notId', value } })),
  leaf.map((value): PrincipalConfig => ({ identifier: { case: 'notId', value } })),
  fc
    .record({
      kind: fc.constantFrom('andIds' as const, 'orIds' as const),
      ids: fc.array(leaf, { maxLength: 3 }),
    })
    .map(({ kind, ids }): PrincipalConfig => ({ identifier: { case: kind, value: { ids } } })),
);
const permission: fc.Arbitrary<PermissionConfig> = fc.oneof(
  fc.constant<PermissionConfig>({ rule: { case: 'any', value: true } }),
  stringMatcher.map(
    (matcher): PermissionConfig => ({
      rule: { case: 'urlPath', value: { rule: { case: 'path', value: matcher } } },
    }),
  ),
  range.map((value): PermissionConfig => ({ rule: { case: 'destinationIp', value } })),
  fc.constantFrom(80, 81).map((value): PermissionConfig => ({ rule: { case: 'destinationPort', value } })),
  fc.constant<PermissionConfig>({ rule: { case: 'destinationPortRange', value: { start: 80, end: 81 } } }),
  stringMatcher.map((value): PermissionConfig => ({ rule: { case: 'requestedServerName', value } })),
);
const policy: fc.Arbitrary<PolicyConfig> = fc.record({
  permissions: fc.array(permission, { minLength: 1, maxLength: 2 }),
  principals: fc.array(principal, { minLength: 1, maxLength: 2 }),
});

const claimValue: fc.Arbitrary<MatchedValue> = fc.oneof(
  anyText,
  fc.array(anyText),
  fc.constant(1),
  fc.constant(null),
);
const bytes = (one: string) => Buffer.from(one, 'utf8').toString('latin1');
const anyAddress = fc.constantFrom('10.0.0.1', '10.127.0.0', '138.0.0.1', 'a00:1::1', '::1', '');
const peer = fc
  .record({
    uriNames: fc.array(anyText),
    dnsNames: fc.array(fc.constantFrom('a', '*.b', 'é')),
    subject: anyText,
  })
  .map((names) => ({ ...names, emails: names.uriNames }));
const connection = fc.record({
  remoteAddress: anyAddress,
  localAddress: anyAddress,
  localPort: fc.constantFrom(80, 81, 82),
  serverName: anyText,
  tls: fc.boolean(),
  peer: fc.option(peer),
});
const subject: fc.Arbitrary<RbacSubject> = fc
  .record({
    path: fc.constantFrom('a', 'b', 'ab', ''),
    headers: fc.array(anyText, { maxLength: 2 }),
    claims: fc.dictionary(fc.constantFrom('sub', 'groups'), claimValue),
    hasMetadata: fc.boolean(),
    connection,
  })
  .map(({ path, headers, claims, hasMetadata, connection: made }) => ({
    request: {
      method: 'a',
      scheme: 'http',
      authority: 'b',
      path,
      headers: { names: headers.map(() => 'x'), values: headers.map(bytes) },
    },
    connection: made,
    metadataIfAny: hasMetadata ? new Map([['ns', new Map(Object.entries(claims))]]) : null,
  }));

describe('the index of policies', () => {
  it('finds the policy that asking one after another finds', () => {
    fc.assert(
      fc.property(
        fc.array(policy, { maxLength: 8 }),
        fc.array(subject, { minLength: 1, maxLength: 8 }),
        (policies, subjects) => {
          const engine = compileRbacEngine(
            { action: 0, policies: Object.fromEntries(policies.map((one, index) => [`p${index}`, one])) },
            {
              refuse: () => assert.fail(),
              remotePeerOf: ({ connection: { localAddress } }) => ({ address: localAddress, port: 0 }),
              startMsOf: () => 0,
              pathTemplateOf: () => null,
              upstreamMatcherOf: () => null,
              clientCertificateOf: (extension) => extension as ClientCertificateConfig,
            },
          );
          assert.ok(engine);
          for (const one of subjects) {
            const want: Policy | undefined = engine.policies.find((candidate) =>
              candidate.matches(one, null),
            );
            assert.equal(engine.match(one, null)?.name, want?.name);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
