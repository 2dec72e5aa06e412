import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '@bufbuild/protobuf';
import { compileFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play, TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { bearer, filterOf, good, local, requireP } from '../../../../test/fixtures/jwt-authn-filter.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { Findings, type Provenance } from '../../../resources/index.ts';
import type { HttpFilter } from '../filter.ts';
import { jwtAuthnFactory } from './factory.ts';

describe('what a jwt_authn configuration cannot have', () => {
  const table: { name: string; config: JsonValue; want: RegExp }[] = [
    {
      name: 'an unknown provider',
      config: { rules: [requireP] },
      want: /Required provider \['p'\] is not configured\./,
    },
    {
      name: 'an unknown requirement',
      config: {
        requirement_map: { b: {}, a: {} },
        rules: [{ match: { prefix: '/' }, requirement_name: 'x' }],
      },
      want: /Wrong requirement_name: x\. It should be one of \[a,b\]/,
    },
    {
      name: 'bad local keys',
      config: { providers: { p: { local_jwks: { inline_string: '{}' } } } },
      want: /invalid local jwks: Jwks does not have \[keys\] field/,
    },
    {
      name: 'a key set that Envoy reads and that is too long here',
      config: { providers: { p: { local_jwks: { inline_string: ' '.repeat(4 * 1024 * 1024 + 1) } } } },
      want: /^`local_jwks` of provider `p`: the key set is longer than 4194304 characters/,
    },
    {
      name: 'a provider without keys',
      config: { providers: { p: {} } },
      want: /one of `remote_jwks`, `local_jwks`/,
    },
    {
      name: 'an unknown provider in filter_state_rules',
      config: { filter_state_rules: { name: 'x', requires: { a: { provider_name: 'p' } } } },
      want: /Required provider \['p'\] is not configured\./,
    },
    {
      name: 'tokens in pseudo-headers',
      config: { providers: { p: { ...local, from_headers: [{ name: ':path' }] } } },
      want: /`:path`/,
    },
    {
      name: 'a payload header that frames messages',
      config: { providers: { p: { ...local, forward_payload_header: 'Content-Length' } } },
      want: /`content-length`/,
    },
    {
      name: 'a claim header that is no name',
      config: { providers: { p: { ...local, claim_to_headers: [{ header_name: 'a b', claim_name: 'c' }] } } },
      want: /`a b`/,
    },
    ...['Transfer-Encoding', 'Host', ':path', 'a b'].map((name) => ({
      name: `a status header \`${name}\``,
      config: {
        rules: [
          {
            match: { prefix: '/' },
            requires: { extract_only_without_validation: { verification_status_header: name } },
          },
        ],
      },
      want: new RegExp(`\`${name.toLowerCase()}\` cannot be the name of a header that says`),
    })),
    {
      name: 'a bad regex',
      config: { rules: [{ match: { safe_regex: { regex: '[' } } }] },
      want: /missing \]: \[/,
    },
  ];
  for (const { name, config, want } of table) {
    it(name, () => {
      const { filter, findings } = compileFilter(jwtAuthnFactory, config);
      assert.equal(filter, null);
      assert.match(findings.list.map(({ message }) => message).join('\n'), want);
    });
  }

  it('a bad name is told where it is written', () => {
    const extracted = { extract_only_without_validation: { verification_status_header: 'a b' } };
    const p = {
      ...local,
      forward_payload_header: 'a b',
      claim_to_headers: [{ header_name: 'Host', claim_name: 'c' }],
    };
    const provenance = { find: () => undefined, path: ({ $typeName }: { $typeName: string }) => $typeName };
    const findings = new Findings(provenance as unknown as Provenance);
    const config = { providers: { p }, rules: [{ match: { prefix: '/' }, requires: extracted }] };
    compileFilter(jwtAuthnFactory, config, null, { findings });
    const places = findings.list.map(({ path = '' }) => path.replace(/.*\.v3\./, ''));
    assert.deepEqual(places, [
      'JwtProvider.forward_payload_header',
      'JwtClaimToHeader.header_name',
      'ExtractOnlyWithoutValidation.verification_status_header',
    ]);
  });

  it('filter_state_rules ask where no rule matches, for what the text in the filter state names', async () => {
    const { filter, findings } = compileFilter(jwtAuthnFactory, {
      providers: { p: local },
      rules: [{ match: { prefix: '/free' } }],
      filter_state_rules: { name: 'x', requires: { a: { provider_name: 'p' } } },
    });
    assert.deepEqual(findings.list, []);
    const statusOf = async (state: [string, string][], path = '/') => {
      const stream = new TestStream({ path });
      stream.filterStateIfAny = new Map(state);
      return (await (filter as HttpFilter).decodeHeaders(stream))?.status;
    };
    assert.equal(await statusOf([['x', 'a']]), 401);
    assert.equal(await statusOf([['x', 'b']]), undefined);
    assert.equal(await statusOf([['y', 'a']]), undefined);
    assert.equal(await statusOf([]), undefined);
    assert.equal(await statusOf([['x', 'a']], '/free'), undefined);
  });

  it('filter_state_rules tell of a text that it is there, not what it is', async () => {
    const { filter } = compileFilter(jwtAuthnFactory, {
      providers: { p: local },
      filter_state_rules: { name: 'x', requires: { a: { provider_name: 'p' } } },
    });
    const notesOf = async (state: [string, string][]) => {
      const recorder = new TreeRecorder();
      const stream = new TestStream({ recorder });
      stream.filterStateIfAny = new Map(state);
      await (filter as HttpFilter).decodeHeaders(stream);
      return [...recorder.root.notes, ...recorder.root.steps.map(({ text }) => text)];
    };
    assert.deepEqual(await notesOf([]), [
      'no filter has left "x" in the filter state',
      'no rule matches: nothing is required',
    ]);
    assert.deepEqual(await notesOf([['x', 'a']]), [
      'there is "x" in the filter state',
      'the filter state requires p',
    ]);
  });

  it('conditions that Envoy ignores in rules are warned of', () => {
    const { filter, findings } = compileFilter(jwtAuthnFactory, {
      rules: [{ match: { prefix: '/', grpc: {} } }],
    });
    assert.ok(filter);
    assert.deepEqual(
      findings.list.map(({ severity, code }) => [severity, code]),
      [['warning', 'W301']],
    );
  });

  it('an empty local key set loads, and every token fails for want of keys', async () => {
    const { filter } = filterOf({ issuer: 'i', local_jwks: { inline_string: '' } });
    const { reply } = await play(filter, { headers: [bearer(good)] });
    assert.equal(reply?.body, "Jwks doesn't have any valid public key");
  });
});
