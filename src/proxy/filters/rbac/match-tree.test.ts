import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { compileFilter, goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play, type StreamWords, TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { rbacFactory } from './factory.ts';

const extension = (type: string, fields: JsonObject = {}): JsonObject => ({
  name: 'x',
  typed_config: { '@type': `type.googleapis.com/${type}`, ...fields },
});
const NETWORK = 'envoy.extensions.matching.common_inputs.network.v3';
const SSL = 'envoy.extensions.matching.common_inputs.ssl.v3';
const header = extension('envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: 'x' });
const attributes = extension('xds.type.matcher.v3.HttpAttributesCelMatchInput');
const action = (kind: string): JsonObject => ({
  action: extension('envoy.config.rbac.v3.Action', { name: kind, action: kind }),
});
const single = (input: JsonObject, match: JsonObject): JsonObject => ({
  single_predicate: { input, ...match },
});
const exact = (value: string): JsonObject => ({ value_match: { exact: value } });
const allowIf = (predicate: JsonObject, otherwise?: JsonObject): JsonObject => ({
  matcher: {
    matcher_list: { matchers: [{ predicate, on_match: action('ALLOW') }] },
    ...(otherwise === undefined ? {} : { on_no_match: otherwise }),
  },
});
const treeOf = (input: JsonObject, custom_match: JsonObject): JsonObject => ({
  matcher: { matcher_tree: { input, custom_match } },
});
const blocks = (...blocks: [prefix: string, length: number, kind: string][]) =>
  extension('xds.type.matcher.v3.IPMatcher', {
    range_matchers: blocks.map(([address_prefix, prefix_len, kind]) => ({
      ranges: [{ address_prefix, prefix_len }],
      on_match: action(kind),
    })),
  });
const domains = (...domains: string[]) =>
  extension('xds.type.matcher.v3.ServerNameMatcher', {
    domain_matchers: [{ domains, on_match: action('ALLOW') }],
  });
const cel = (expression: JsonValue) => ({
  custom_match: extension('xds.type.matcher.v3.CelMatcher', {
    expr_match: { parsed_expr: { expr: expression } },
  }),
});
const headersOfRequest = { select_expr: { operand: { ident_expr: { name: 'request' } }, field: 'headers' } };
const isGet: JsonObject = {
  call_expr: {
    function: '_==_',
    args: [
      { select_expr: { operand: { ident_expr: { name: 'request' } }, field: 'method' } },
      { const_expr: { string_value: 'GET' } },
    ],
  },
};
const one: JsonObject = { const_expr: { int64_value: '1' } };
/** `1.matches("a") || true`. */
const numberMatchesOrTrue: JsonObject = {
  call_expr: {
    function: '_||_',
    args: [
      { call_expr: { function: 'matches', target: one, args: [{ const_expr: { string_value: 'a' } }] } },
      { const_expr: { bool_value: true } },
    ],
  },
};
const matchesX: JsonObject = {
  call_expr: {
    function: 'matches',
    args: [{ const_expr: { string_value: 'a' } }, { select_expr: { operand: headersOfRequest, field: 'x' } }],
  },
};
const ofClient = single(extension(`${SSL}.UriSanInput`), exact('spiffe://a,spiffe://b'));
const peer = { uriNames: ['spiffe://a', 'spiffe://b'], dnsNames: [], subject: 'CN=a' };
const x = (value: string): StreamWords => ({ headers: [['x', value]] });

describe('a matcher comes to an action', () => {
  const table: { name: string; config: JsonObject; given?: StreamWords; want: boolean }[] = [
    {
      name: 'by the peer’s address',
      config: allowIf(single(extension(`${NETWORK}.DirectSourceIPInput`), exact('127.0.0.1'))),
      want: true,
    },
    {
      name: 'by the port of the client',
      config: allowIf(single(extension(`${NETWORK}.SourcePortInput`), exact('1'))),
      want: true,
    },
    {
      name: 'by all of a certificate’s names',
      config: allowIf(ofClient),
      given: { connection: { tls: true, peer } },
      want: true,
    },
    {
      name: 'or not, for one without a certificate',
      config: allowIf({ not_matcher: ofClient }),
      given: { connection: { tls: true, peer: null } },
      want: true,
    },
    {
      name: 'but never by what cannot be known without TLS',
      config: allowIf({ not_matcher: ofClient }, action('ALLOW')),
      want: false,
    },
    {
      name: 'unless something beside it settles it',
      config: allowIf({ or_matcher: { predicate: [ofClient, single(header, exact('1'))] } }),
      given: x('1'),
      want: true,
    },
    {
      name: 'by a block of addresses',
      config: allowIf(
        single(header, {
          custom_match: extension('envoy.extensions.matching.input_matchers.ip.v3.Ip', {
            stat_prefix: 's',
            cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }],
          }),
        }),
      ),
      given: x('10.1.1.1'),
      want: true,
    },
    {
      name: 'by the narrowest block',
      config: treeOf(header, blocks(['10.0.0.0', 8, 'ALLOW'], ['10.1.0.0', 16, 'DENY'])),
      given: x('10.1.1.1'),
      want: false,
    },
    {
      name: 'or the only one',
      config: treeOf(header, blocks(['10.0.0.0', 8, 'ALLOW'], ['10.1.0.0', 16, 'DENY'])),
      given: x('10.2.1.1'),
      want: true,
    },
    { name: 'by a domain', config: treeOf(header, domains('a.b')), given: x('a.b'), want: true },
    { name: 'by a domain’s ending', config: treeOf(header, domains('*.b')), given: x('c.a.b'), want: true },
    {
      name: 'not by an empty one, whatever it is',
      config: treeOf(header, domains('*')),
      given: x(''),
      want: false,
    },
    { name: 'not by the ending alone', config: treeOf(header, domains('*.b')), given: x('b'), want: false },
    {
      name: 'to none by a CEL expression that is in doubt',
      config: allowIf(single(attributes, cel(matchesX)), action('ALLOW')),
      given: x('('),
      want: false,
    },
    {
      name: 'to none by a CEL expression that finds a number where it seeks a text, constant or not',
      config: allowIf(single(attributes, cel(numberMatchesOrTrue))),
      want: false,
    },
    { name: 'by a CEL expression', config: allowIf(single(attributes, cel(isGet))), want: true },
    {
      name: 'or its contrary',
      config: allowIf(single(attributes, cel(isGet))),
      given: { method: 'PUT' },
      want: false,
    },
  ];
  for (const { name, config, given = {}, want } of table) {
    it(name, async () => {
      const { reply } = await play(goodFilter(rbacFactory, config).filter, given);
      assert.equal(reply === undefined, want);
    });
  }

  it('and says what it looked at', async () => {
    const recorder = new TreeRecorder();
    const config = allowIf({ not_matcher: ofClient }, action('ALLOW'));
    await play(goodFilter(rbacFactory, config).filter, { recorder });
    const [matcher] = recorder.root.steps;
    const [outer] = matcher?.steps ?? [];
    const [inner] = outer?.steps ?? [];
    assert.equal(matcher?.reason, 'it hangs on what cannot be known');
    assert.deepEqual([matcher?.verdict, outer?.verdict, inner?.verdict], ['deny', 'unknown', 'unknown']);
    assert.deepEqual(inner?.notes, ["client certificate's URI names cannot be known without TLS"]);
    assert.ok(inner?.origin, 'the message that says so');
  });
});

describe('a matcher shows what it looks at', () => {
  const headerOf = (name: string) =>
    extension('envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: name });
  const state = extension(`${NETWORK}.FilterStateInput`, { key: 'k' });
  const TOKEN = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
  const table: { name: string; input: JsonObject; given?: StreamWords; want: string }[] = [
    { name: 'as a text', input: headerOf('x'), given: x('a'), want: 'header x = "a"' },
    { name: 'unless it is not there', input: headerOf('x'), want: 'header x is missing' },
    { name: 'without a token in it', input: headerOf('x'), given: x(TOKEN), want: 'header x = "(token)"' },
    {
      name: 'never a credential',
      input: headerOf('authorization'),
      given: { headers: [['authorization', 'Basic YTpi']] },
      want: 'header authorization is present (its value is not shown)',
    },
    {
      name: 'nor what a filter has left',
      input: state,
      want: 'filter state k is present (its value is not shown)',
    },
    {
      name: 'and why it cannot be known',
      input: extension(`${SSL}.UriSanInput`),
      want: "client certificate's URI names cannot be known without TLS",
    },
  ];
  for (const { name, input, given = {}, want } of table) {
    it(name, async () => {
      const tree = { matcher: { matcher_tree: { input, exact_match_map: { map: { a: action('ALLOW') } } } } };
      for (const config of [allowIf(single(input, exact('a'))), tree]) {
        const recorder = new TreeRecorder();
        const stream = new TestStream({ recorder, ...given });
        stream.filterStateIfAny = new Map([['k', 'secret']]);
        await goodFilter(rbacFactory, config).filter.decodeHeaders(stream);
        assert.deepEqual(recorder.root.steps[0]?.steps[0]?.notes, [want]);
      }
    });
  }
});

describe('a matcher is refused', () => {
  const table: { name: string; config: JsonObject; want: RegExp }[] = [
    {
      name: 'that compares attributes with a text',
      config: allowIf(single(attributes, exact('a'))),
      want: /cannot look at the input `attributes`/,
    },
    {
      name: 'that has CEL look at a text',
      config: allowIf(single(header, cel(isGet))),
      want: /cannot look at the input `header x`/,
    },
    {
      name: 'that looks up attributes',
      config: treeOf(attributes, domains('a')),
      want: /only look at texts/,
    },
    {
      name: 'with a star in the middle of a domain',
      config: treeOf(header, domains('a.*.b')),
      want: /bad domain `a.\*.b`/,
    },
    {
      name: 'with an empty domain',
      config: treeOf(header, domains('')),
      want: /a domain of a list is empty/,
    },
    { name: 'with a domain twice', config: treeOf(header, domains('a', 'a')), want: /`a` is there twice/ },
    {
      name: 'with a bad block',
      config: treeOf(header, blocks(['x', 8, 'ALLOW'])),
      want: /malformed IP address: `x`/,
    },
    {
      name: 'with a test that is not done',
      config: allowIf(single(header, { custom_match: extension('google.protobuf.Empty') })),
      want: /`google.protobuf.Empty` is not supported/,
    },
  ];
  for (const { name, config, want } of table) {
    it(name, () => {
      const { filter, findings } = compileFilter(rbacFactory, config);
      assert.equal(filter, null);
      assert.match(findings.list.map(({ message }) => message).join('\n'), want);
    });
  }
});
