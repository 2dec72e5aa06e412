import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stringify } from 'yaml';
import { answerOf } from './policy-set.ts';

// The rows of istio.md §1.1–1.5, §1.7 and §2.9: what Istio 1.31's schema and webhook take, refuse and warn of.

type Spec = Record<string, unknown>;
interface Row {
  name: string;
  spec: Spec | null;
  annotations?: Record<string, string>;
}

function admit(kind: string, { spec, annotations }: Row): 'takes' | 'refuses' | 'warns of' {
  const metadata = { name: 'a', namespace: 'foo', ...(annotations === undefined ? {} : { annotations }) };
  const text = stringify({ apiVersion: 'security.istio.io/v1', kind, metadata, spec });
  const [verdict] = answerOf('a.yaml', text, { workload: { namespace: 'foo' } }).validate as {
    accepted: boolean;
    warnings?: string[];
  }[];
  if (verdict?.accepted !== true) return 'refuses';
  return verdict.warnings === undefined ? 'takes' : 'warns of';
}

function table(kind: string, verdict: ReturnType<typeof admit>, rows: readonly Row[]): void {
  describe(`admission ${verdict} a ${kind}`, () => {
    for (const row of rows) it(row.name, () => assert.equal(admit(kind, row), verdict));
  });
}

const rows = (specs: Readonly<Record<string, Spec>>): Row[] =>
  Object.entries(specs).map(([name, spec]) => ({ name, spec }));
const copies = (count: number, value: unknown = 'a') => Array.from({ length: count }, () => value);

const RSA = { kty: 'RSA', n: 'AQAB', e: 'AQAB' };
const jwks = (keys: unknown) => JSON.stringify({ keys });
const rule = (more: Spec): Spec => ({ jwtRules: [{ issuer: 'a', ...more }] });
const gateway = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'g' };
const label = (key: string, value: string): Spec => ({ selector: { matchLabels: { [key]: value } } });

table(
  'RequestAuthentication',
  'takes',
  rows({
    'an empty spec': {},
    'no rules': { jwtRules: [] },
    'a selector': label('app', 'a'),
    'a target': { targetRef: gateway },
    'targets of each kind': {
      targetRefs: [
        gateway,
        { group: 'gateway.networking.k8s.io', kind: 'GatewayClass', name: 'c' },
        { group: '', kind: 'Service', name: 's' },
        { group: 'networking.istio.io', kind: 'ServiceEntry', name: 'e' },
      ],
    },
    'sixteen targets': { targetRefs: copies(16, gateway) },
    'keys by an address, without an issuer': { jwtRules: [{ jwksUri: 'https://a.test/keys' }] },
    'an issuer alone': rule({}),
    audiences: rule({ audiences: ['a', 'b'] }),
    'an address without host, and a port out of range': {
      jwtRules: [{ jwksUri: 'http:///x' }, { jwksUri: 'https://h:99999/x' }, { jwksUri: 'HTTPS://h/x' }],
    },
    keys: rule({ jwks: jwks([RSA]) }),
    'no text for keys': rule({ jwks: '' }),
    'no keys': rule({ jwks: jwks([]) }),
    'null for keys': rule({ jwks: jwks(null) }),
    'one bare key': rule({ jwks: JSON.stringify(RSA) }),
    'text after the keys': rule({ jwks: `${jwks([RSA])} and more` }),
    'places of tokens': rule({
      fromHeaders: [{ name: 'x', prefix: 'P ' }],
      fromParams: ['t'],
      fromCookies: ['c'],
    }),
    'any header name for a token or a payload': rule({
      fromHeaders: [{ name: 'a b' }],
      outputPayloadToHeader: 'a b',
    }),
    'claims to headers': rule({ outputClaimToHeaders: [{ header: 'X-a_1', claim: 'a.b' }] }),
    'whole milliseconds': {
      jwtRules: ['1m', '1h1s', '1.5s', '1ms'].map((timeout) => ({ issuer: 'a', timeout })),
    },
    'sixty-four claims to split': rule({ spaceDelimitedClaims: copies(64) }),
  }),
);

table('RequestAuthentication', 'refuses', [
  ...rows({
    'an empty label': label('', 'a'),
    'a star in a label': label('a*', 'a'),
    'a star in its value': label('a', '*'),
    'a value of 64 characters': label('a', 'a'.repeat(64)),
    'a selector and a target': { ...label('a', 'a'), targetRef: gateway },
    'a target and targets': { targetRef: gateway, targetRefs: [gateway] },
    'a target without a name': { targetRef: { ...gateway, name: '' } },
    'a target in a namespace': { targetRef: { ...gateway, namespace: 'bar' } },
    'a target of an unknown kind': { targetRef: { ...gateway, kind: 'HTTPRoute' } },
    'a target of an unknown group': { targetRef: { ...gateway, group: 'x' } },
    'seventeen targets': { targetRefs: copies(17, gateway) },
    'null among the rules': { jwtRules: [null] },
    'neither an issuer nor an address': { jwtRules: [{}] },
    'an empty issuer': { jwtRules: [{ issuer: '' }] },
    'an empty audience': rule({ audiences: [''] }),
    'an address without a scheme': { jwtRules: [{ jwksUri: 'a.test/keys' }] },
    'an address of another scheme': { jwtRules: [{ jwksUri: 'file:///keys' }] },
    'a port that is no number': { jwtRules: [{ jwksUri: 'https://a.test:x/keys' }] },
    'an address of 2049 characters': { jwtRules: [{ jwksUri: `https://a.test/${'a'.repeat(2034)}` }] },
    'both keys and an address': rule({ jwks: jwks([RSA]), jwksUri: 'https://a.test/keys' }),
    'an object that is no key': rule({ jwks: '{}' }),
    'a list for keys': rule({ jwks: '[]' }),
    'an unknown kty': rule({ jwks: jwks([{ kty: 'X' }]) }),
    'an RSA key without e': rule({ jwks: jwks([{ kty: 'RSA', n: 'AQAB' }]) }),
    'a map of certificates': rule({ jwks: '{"k":"-----BEGIN CERTIFICATE-----"}' }),
    'an empty header name': rule({ fromHeaders: [{ name: '' }] }),
    'an empty parameter': rule({ fromParams: [''] }),
    'an empty cookie': rule({ fromCookies: [''] }),
    'null for a claim’s header': rule({ outputClaimToHeaders: [null] }),
    'a claim without a header': rule({ outputClaimToHeaders: [{ claim: 'a' }] }),
    'a header without a claim': rule({ outputClaimToHeaders: [{ header: 'a' }] }),
    'a claim’s header of other characters': rule({ outputClaimToHeaders: [{ header: 'a b', claim: 'a' }] }),
    'a time without a unit': rule({ timeout: '5' }),
    'half a millisecond': rule({ timeout: '0.0005s' }),
    'parts of a millisecond': rule({ timeout: '1.0005s' }),
    'sixty-five claims to split': rule({ spaceDelimitedClaims: copies(65) }),
    'an empty claim to split': rule({ spaceDelimitedClaims: [''] }),
    'a field that is only in later versions': rule({ presence: 'REQUIRED' }),
  }),
  { name: 'dry-run', spec: rule({}), annotations: { 'istio.io/dry-run': 'true' } },
]);

table(
  'RequestAuthentication',
  'warns of',
  rows({
    'a symmetric key': rule({ jwks: jwks([{ kty: 'oct', k: 'YQ' }]) }),
    'a private key': rule({ jwks: jwks([{ ...RSA, d: 'AQAB' }]) }),
    'a selector without labels': { selector: { matchLabels: {} }, jwtRules: [{ issuer: 'a' }] },
  }),
);

const from = (source: Spec, more: Spec = {}): Spec => ({ rules: [{ from: [{ source }] }], ...more });
const to = (operation: Spec, more: Spec = {}): Spec => ({ rules: [{ to: [{ operation }] }], ...more });
const when = (condition: Spec, more: Spec = {}): Spec => ({ rules: [{ when: [condition] }], ...more });
const custom = { action: 'CUSTOM', provider: { name: 'p' } };

table('AuthorizationPolicy', 'takes', [
  ...rows({
    'an empty spec': {},
    'no rules': { rules: [] },
    'a rule for everything': { rules: [{}] },
    'a DENY rule for everything at one port': to({ ports: ['80'] }, { action: 'DENY' }),
    'lists that are empty': { rules: [{ from: [], to: [], when: [] }] },
    '512 rules': { rules: copies(512, {}) },
    'more than 512 operations': { rules: [{ to: copies(513, { operation: { methods: ['GET'] } }) }] },
    'AUDIT without rules': { action: 'AUDIT' },
    'CUSTOM by path, host, method, port, header and address': {
      ...custom,
      rules: [
        {
          from: [{ source: { ipBlocks: ['10.0.0.0/8'] } }],
          to: [{ operation: { paths: ['/a'], hosts: ['h'], methods: ['GET'], ports: ['80'] } }],
          when: [{ key: 'request.headers[x]', values: ['a'] }],
        },
      ],
    },
    wildcards: to({ paths: ['*', 'a*', '*a', 'a*c', '*abc*', '/{*}/a', '/{**}'] }),
    'addresses with host bits, and of IPv6': from({ ipBlocks: ['10.1.2.3/8', '::1', '2001:db8::/32'] }),
    'an address with a zone': from({ ipBlocks: ['fe80::1%eth0'] }),
    'a port with a zero in front': to({ ports: ['080', '0', '65535'] }),
    'service accounts, bare and with a namespace': from({ serviceAccounts: ['a', 'ns/a'] }),
    'trust domains beside service accounts': from({
      serviceAccounts: ['a'],
      trustDomains: ['td', '*', 'a*', '*a'],
    }),
    'keys of which only prefix and shape are checked': {
      rules: [
        {
          when: [
            { key: 'request.headersX[a]', values: ['a'] },
            { key: 'request.auth.claimsX[a]', values: ['a'] },
            { key: 'request.headers[a]b]', values: ['a'] },
            { key: 'request.auth.claims[a][]', values: ['a'] },
          ],
        },
      ],
    },
    'every key of a condition': {
      rules: [
        {
          when: [
            'request.headers[x]',
            'source.namespace',
            'source.principal',
            'source.serviceAccount',
            'source.trustDomain',
            'request.auth.principal',
            'request.auth.audiences',
            'request.auth.presenter',
            'request.auth.claims[a][b]',
            'connection.sni',
            'experimental.envoy.filters.x[y]',
          ]
            .map((key) => ({ key, values: ['a'] }))
            .concat(
              ['source.ip', 'remote.ip', 'destination.ip'].map((key) => ({ key, values: ['10.0.0.1'] })),
              [{ key: 'destination.port', values: ['80'] }],
            ),
        },
      ],
    },
    'values that are not': when({ key: 'source.namespace', notValues: ['a'] }),
    'null, which is dropped': {
      rules: [{ from: null, to: [{ operation: { methods: ['GET'], paths: null } }] }],
    },
  }),
  ...['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False'].map((value) => ({
    name: `dry-run \`${value}\``,
    spec: { rules: [{}] },
    annotations: { 'istio.io/dry-run': value },
  })),
]);

table('AuthorizationPolicy', 'refuses', [
  ...rows({
    'DENY without rules': { action: 'DENY' },
    'DENY with no rule': { action: 'DENY', rules: [] },
    'CUSTOM without rules': custom,
    'CUSTOM without a provider': { action: 'CUSTOM', rules: [{}] },
    'a provider for another action': { provider: { name: 'p' }, rules: [{}] },
    ...Object.fromEntries(
      [
        'requestPrincipals',
        'notRequestPrincipals',
        'principals',
        'notPrincipals',
        'namespaces',
        'notNamespaces',
        'serviceAccounts',
        'notServiceAccounts',
        'trustDomains',
        'notTrustDomains',
      ].map((field) => [`CUSTOM by ${field}`, from({ [field]: ['a'] }, custom)]),
    ),
    ...Object.fromEntries(
      ['source.namespace', 'source.principal', 'request.auth.claims[a]', 'request.auth.principal'].map(
        (key) => [`CUSTOM by ${key}`, when({ key, values: ['a'] }, custom)],
      ),
    ),
    '513 rules': { rules: copies(513, {}) },
    '513 sources': { rules: [{ from: copies(513, { source: { namespaces: ['a'] } }) }] },
    'an empty entry': { rules: [{ from: [{}] }] },
    'an empty source': from({}),
    'an empty operation': to({}),
    'a source of empty lists': from({ namespaces: [] }),
    'an operation of empty lists': to({ methods: [] }),
    'an empty text in a source': from({ namespaces: [''] }),
    'an empty text in an operation': to({ notPaths: [''] }),
    'null in a list': to({ methods: [null] }),
    'service accounts with principals': from({ serviceAccounts: ['a'], principals: ['b'] }),
    'service accounts with namespaces': from({ serviceAccounts: ['a'], namespaces: ['b'] }),
    'seventeen service accounts': from({ serviceAccounts: copies(17) }),
    'a service account with a star': from({ serviceAccounts: ['a*'] }),
    'a service account of 321 characters': from({ serviceAccounts: ['a'.repeat(321)] }),
    'a trust domain with a slash': from({ trustDomains: ['a/b'] }),
    'a trust domain with a star inside': from({ trustDomains: ['a*b'] }),
    'an address that is none': from({ ipBlocks: ['10.0.0'] }),
    'an address with a zero in front': from({ remoteIpBlocks: ['010.1.2.3'] }),
    'a block of 33 bits': from({ ipBlocks: ['10.0.0.0/33'] }),
    'a port with a sign': to({ ports: ['+80'] }),
    'a port with a blank': to({ ports: [' 80'] }),
    'a port out of range': to({ ports: ['65536'] }),
    'a template that is mixed with a star': to({ paths: ['/{*}/a*'] }),
    'a template that is part of a segment': to({ paths: ['/{*}.txt'] }),
    'a template after the last': to({ paths: ['/{**}/{*}'] }),
    'a named template': to({ paths: ['/{name}'] }),
    'a condition without a key': when({ values: ['a'] }),
    'a condition without values': when({ key: 'source.namespace' }),
    ...Object.fromEntries(
      [
        'destination.namespace',
        'destination.labels[a]',
        'destination.name',
        'destination.user',
        'unknown',
      ].map((key) => [`a condition on ${key}`, when({ key, values: ['a'] })]),
    ),
    'a bad address in a condition': when({ key: 'source.ip', values: ['x'] }),
    'a bad port in a condition': when({ key: 'destination.port', values: ['x'] }),
    'an unknown action': { action: 'LOG', rules: [{}] },
    'a selector and a target': { ...label('a', 'a'), targetRefs: [gateway], rules: [{}] },
    'a field of another name': { rules: [{ from: [{ source: { principal: ['a'] } }] }] },
  }),
  { name: 'a dry-run that is no boolean', spec: { rules: [{}] }, annotations: { 'istio.io/dry-run': 'yes' } },
  {
    name: 'AUDIT in a dry-run',
    spec: { action: 'AUDIT', rules: [{}] },
    annotations: { 'istio.io/dry-run': 'true' },
  },
  {
    name: 'CUSTOM in a dry-run',
    spec: { ...custom, rules: [{}] },
    annotations: { 'istio.io/dry-run': 'true' },
  },
]);

table(
  'AuthorizationPolicy',
  'warns of',
  rows({
    'DENY by methods at no port, which denies TCP': to({ methods: ['GET'] }, { action: 'DENY' }),
    'DENY by request principals alone': from({ requestPrincipals: ['*'] }, { action: 'DENY' }),
    'a selector without labels': { selector: { matchLabels: {} }, rules: [{}] },
  }),
);

const ported = (port: string, mode = 'STRICT'): Spec => ({
  ...label('app', 'a'),
  portLevelMtls: { [port]: { mode } },
});

table(
  'PeerAuthentication',
  'takes',
  rows({
    'an empty spec': {},
    'every mode': { mtls: { mode: 'PERMISSIVE' } },
    'a mode of its own for a port': ported('80'),
  }),
);
table(
  'PeerAuthentication',
  'refuses',
  rows({
    'ports without a selector': { portLevelMtls: { 80: { mode: 'STRICT' } } },
    'no ports': { ...label('app', 'a'), portLevelMtls: {} },
    'port 0': ported('0'),
    'port 65536': ported('65536'),
    'an unknown mode': { mtls: { mode: 'NONE' } },
  }),
);
table(
  'PeerAuthentication',
  'warns of',
  rows({
    'a selector without labels': { selector: { matchLabels: {} }, mtls: { mode: 'STRICT' } },
  }),
);
