import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type CertifiedKey, createDevelopmentAuthority } from '../../../src/platform/index.ts';
import type { Gate } from '../../../src/server/index.ts';
import { createSelfSigned } from '../../e2e/certificates.ts';
import { askOverTls } from '../../e2e/tls-client.ts';
import { bootstrapOf, listenerOf, managerOf, serverTls } from '../../fixtures/envoy-config.ts';
import { startGateOf } from '../../fixtures/loaded-gate.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { at, bool, call, has, id, is, map, select, text } from '../rehearsal/cel-words.ts';
import { portOf } from '../rehearsal/comparison.ts';

const TYPE = 'type.googleapis.com';
const extension = (type: string, fields: object = {}) => ({
  name: 'x',
  typed_config: { '@type': `${TYPE}/${type}`, ...fields },
});
const action = extension('envoy.config.rbac.v3.Action', { name: 'matched', action: 'ALLOW' });
const reads = (kind: string, match: object, inverted = false) => {
  const input = extension(`envoy.extensions.matching.common_inputs.${kind}`);
  const predicate = { single_predicate: { input, value_match: match } };
  const test = inverted ? { not_matcher: predicate } : predicate;
  return { matcher: { matcher_list: { matchers: [{ predicate: test, on_match: { action } }] } } };
};
const regex = (text: string) => ({ safe_regex: { google_re2: {}, regex: text } });
const shows = (fields: object) => {
  const custom = extension('envoy.extensions.rbac.principals.mtls_authenticated.v3.Config', fields);
  return {
    rules: { policies: { 'the certificate': { permissions: [{ any: true }], principals: [{ custom }] } } },
  };
};
const san = (san_type: string, matcher: object) => shows({ san_matcher: { san_type, matcher } });

const holds = (condition: object) => ({
  rules: {
    policies: { condition: { permissions: [{ any: true }], principals: [{ any: true }], condition } },
  },
});
const connection = (field: string) => select(id('connection'), field);

const isCalled = (name: object) => ({
  rules: {
    policies: {
      p: { permissions: [{ any: true }], principals: [{ authenticated: { principal_name: name } }] },
    },
  },
});

const RULES: Record<string, object> = {
  'a subject beyond ASCII': isCalled({ exact: 'O=b+CN=a\\, \\C3\\A9,1.2.3.4=#0C0176' }),
  'a subject that begins with its common name': isCalled({ prefix: 'CN=a' }),
  'a name with a comma': isCalled({ exact: 'spiffe://a,URI:spiffe://b' }),
  'a name that another is made of': isCalled({ exact: 'spiffe://b' }),
  'a name with quotes': isCalled({ exact: 'a"b\\c' }),
  'an e-mail name with a comma': san('EMAIL', { exact: 'a,b@x.test' }),
  'CEL mtls': holds(is(connection('mtls'), bool(true))),
  'CEL subject': holds(is(connection('subject_peer_certificate'), text('CN=full'))),
  'CEL no subject': holds(is(connection('subject_peer_certificate'), text(''))),
  'CEL URI name': holds(is(connection('uri_san_peer_certificate'), text('spiffe://a'))),
  'CEL has a URI name': holds(has(id('connection'), 'uri_san_peer_certificate')),
  'CEL DNS name': holds(is(connection('dns_san_peer_certificate'), text('x.test'))),
  'CEL TLS version': holds(is(connection('tls_version'), text('TLSv1.3'))),
  'CEL own subject': holds(is(connection('subject_local_certificate'), text('THE GATE'))),
  'CEL own DNS name': holds(is(connection('dns_san_local_certificate'), text('server.test'))),
  'CEL has an own URI name': holds(has(id('connection'), 'uri_san_local_certificate')),
  'CEL digest': holds(is(connection('sha256_peer_certificate_digest'), text('THE DIGEST'))),
  'CEL has a digest': holds(has(id('connection'), 'sha256_peer_certificate_digest')),
  'CEL certificate': holds(is(connection('peer_certificate'), text('THE CERTIFICATE'))),
  'CEL has a certificate': holds(has(id('connection'), 'peer_certificate')),
  'CEL number': holds(is(call('type', connection('id')), id('uint'))),
  'CEL all as one': holds(is(id('connection'), map())),
  'CEL by a key that is made': holds(
    is(at(id('connection'), call('_?_:_', bool(true), text('tls_version'), text(''))), text('TLSv1.3')),
  ),
  'CEL server name': holds(is(connection('requested_server_name'), text(''))),
  ...Object.fromEntries(
    ['ssl.v3.UriSanInput', 'ssl.v3.DnsSanInput', 'ssl.v3.SubjectInput', 'network.v3.ServerNameInput'].flatMap(
      (kind) => [
        [`${kind} any`, reads(kind, regex('.*'))],
        [`${kind} none`, reads(kind, regex('.*'), true)],
        [`${kind} several`, reads(kind, regex('.*,.*'))],
      ],
    ),
  ),
  'URI names': reads('ssl.v3.UriSanInput', { exact: 'spiffe://a,spiffe://b' }),
  'DNS names': reads('ssl.v3.DnsSanInput', { exact: 'x.test,*.y.test' }),
  subject: reads('ssl.v3.SubjectInput', { exact: 'CN=full' }),
  'any certificate': shows({ any_validated_client_certificate: true }),
  'both words': shows({
    any_validated_client_certificate: true,
    san_matcher: { san_type: 'DNS', matcher: { exact: 'x.test' } },
  }),
  'a URI name': san('URI', { exact: 'spiffe://b' }),
  'a URI name in any case': san('URI', { exact: 'SPIFFE://a', ignore_case: true }),
  'a DNS name': san('DNS', { exact: 'x.test' }),
  'a DNS name in capitals': san('DNS', { exact: 'X.test' }),
  'a host of a wildcard': san('DNS', { exact: 'z.y.test' }),
  'a host two labels under a wildcard': san('DNS', { exact: 'a.z.y.test' }),
  'a wildcard as it stands': san('DNS', { exact: '*.y.test' }),
  'the end of a DNS name': san('DNS', { suffix: 'test' }),
  'a pattern of a wildcard': san('DNS', regex('..y.test')),
  'an e-mail name': san('EMAIL', { exact: 'e@x.test' }),
  'an address': san('IP_ADDRESS', { exact: '127.0.0.1' }),
  'an address of IPv6': san('IP_ADDRESS', { exact: '::1' }),
};

/** @param whole the client whose certificate is looked for */
function configOf(server: CertifiedKey, whole: CertifiedKey, roots: string): string {
  const { subject } = new X509Certificate(server.certificate);
  const given = new X509Certificate(whole.certificate);
  const words = {
    'THE GATE': subject.split('\n').reverse().join(','),
    'THE DIGEST': createHash('sha256').update(given.raw).digest('hex'),
    'THE CERTIFICATE': given.toString(),
  };
  const chain = { transport_socket: serverTls(server, { clientRoots: roots }) };
  const listeners = Object.entries(RULES).map(([name, rules], index) => {
    const rbac = extension('envoy.extensions.filters.http.rbac.v3.RBAC', {
      ...rules,
      track_per_rule_stats: true,
    });
    return listenerOf(name, [managerOf({ filters: [rbac], fields: { stat_prefix: `s${index}` } })], chain);
  });
  return Object.entries(words).reduce(
    (all, [word, meant]) => all.replaceAll(JSON.stringify(word), JSON.stringify(meant)),
    bootstrapOf(listeners),
  );
}

/** The status that a client gets. */
const ask = async (port: number, client: CertifiedKey | null) => (await askOverTls(port, client)).status;

const counted = (rows: Iterable<readonly [string, number]>) =>
  Object.fromEntries([...rows].filter(([name, value]) => value > 0 && name.includes('.rbac.')).sort());

if (findEnvoy() !== null) {
  describe('what RBAC reads from a client’s certificate is what Envoy reads', () => {
    let envoy: EnvoyProcess;
    let gate: Gate;
    const clients: Record<string, CertifiedKey | null> = { 'no certificate': null };

    before(async () => {
      const authority = await createDevelopmentAuthority('certificate tests');
      const server = await authority.issue({ names: ['server.test'] });
      const whole = await createSelfSigned('full', [
        { type: 'url', value: 'spiffe://a' },
        { type: 'url', value: 'spiffe://b' },
        { type: 'dns', value: 'x.test' },
        { type: 'dns', value: '*.y.test' },
        { type: 'email', value: 'e@x.test' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]);
      clients['one with many names'] = whole;
      clients['one with odd names'] = await createSelfSigned(
        'odd',
        [
          { type: 'url', value: 'spiffe://a,URI:spiffe://b' },
          { type: 'url', value: 'a"b\\c' },
          { type: 'dns', value: 'x.test, DNS:y' },
          { type: 'email', value: 'a,b@x.test' },
        ],
        [{ '1.2.3.4': ['#0c0176'] }, { CN: ['a, é'], O: ['b'] }],
      );
      clients['one without names'] = await createSelfSigned('bare', []);
      clients['one with a DNS name'] = await createSelfSigned('only.test');
      const roots = Object.values(clients).map((client) => client?.certificate ?? '');
      const bootstrap = configOf(server, whole, roots.join('\n'));
      envoy = await startEnvoy(bootstrap);
      gate = await startGateOf(bootstrap);
    });

    after(async () => {
      await gate?.close();
      await envoy?.stop();
    });

    for (const name of Object.keys(RULES)) {
      it(name, async () => {
        const port = gate.listeners.find((listener) => listener.name === name)?.port as number;
        for (const [shown, client] of Object.entries(clients)) {
          assert.equal(await ask(port, client), await ask(portOf(envoy, name), client), shown);
        }
      });
    }

    it('counts as Envoy does', async () => {
      assert.deepEqual(counted(gate.stats()), counted(await envoy.stats()));
    });
  });
}
