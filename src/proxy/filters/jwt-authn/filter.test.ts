import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '@bufbuild/protobuf';
import { EXPIRES_LATE } from '../../../../test/e2e/token-signer.ts';
import { play } from '../../../../test/fixtures/filter-stream.ts';
import { bad, bearer, filterOf, good, local, signer } from '../../../../test/fixtures/jwt-authn-filter.ts';
import { findIllegalField } from '../../http/render-request.ts';

describe('jwt_authn on one request', () => {
  it('lets a good token pass without waiting, takes it out and says who it is', async () => {
    const { filter, counters } = filterOf({
      ...local,
      forward_payload_header: 'x-p',
      claim_to_headers: [{ header_name: 'x-s', claim_name: 'sub' }],
    });
    const { reply, stream, waited } = await play(filter, { headers: [bearer(good)] });
    assert.equal(reply, undefined);
    assert.equal(waited, false);
    assert.deepEqual(stream.request.headers.names, ['x-p', 'x-s']);
    assert.deepEqual(stream.request.headers.values, [good.split('.')[1], 'alice']);
    assert.deepEqual(counters(), {
      'jwt_authn.allowed': 1,
      'jwt_authn.jwt_cache_miss': 1,
      'jwt_authn.memo_miss': 1,
    });
  });

  it('refuses with Envoy’s status, body, challenge and details', async () => {
    const { filter, counters } = filterOf(local);
    const { reply } = await play(filter, { path: '/a?b', headers: [bearer(bad)] });
    assert.deepEqual(reply, {
      status: 401,
      body: 'Jwt verification fails',
      headers: [['www-authenticate', 'Bearer realm="http://host.test/a?b", error="invalid_token"']],
      details: 'jwt_authn_access_denied{Jwt_verification_fails}',
    });
    assert.equal(counters()['jwt_authn.denied'], 1);
  });

  it('names in its challenge the path as it was before a token was taken out of it', async () => {
    const { filter } = filterOf({ ...local, from_params: ['t'], from_headers: [{ name: 'x-t' }] });
    const path = `/a?t=${good}`;
    const { reply } = await play(filter, { path, headers: [['x-t', bad]] });
    assert.equal(reply?.headers[0]?.[1], `Bearer realm="http://host.test${path}", error="invalid_token"`);
  });

  it('names in its challenge no path that a good token has written since', async () => {
    const { filter } = filterOf({ ...local, forward_payload_header: 'x-envoy-original-path' });
    const { reply } = await play(filter, { path: `/a?access_token=${good}`, headers: [bearer(bad)] });
    assert.match(reply?.headers?.[0]?.[1] ?? '', /realm="http:\/\/host.test\/a\?access_token=/);
  });

  it('removes what clients must not set, whatever rule matches or none', async () => {
    const outputs = {
      forward_payload_header: 'X-P',
      claim_to_headers: [{ header_name: 'X-C', claim_name: 'c' }],
    };
    const rules = [{ match: { path: '/open' } }, { match: { path: '/empty' }, requires: {} }];
    const { filter } = filterOf({ ...local, ...outputs }, { rules, bypass_cors_preflight: true });
    const preflight = [
      ['origin', 'o'],
      ['access-control-request-method', 'GET'],
    ] as const;
    for (const [method, path, more] of [
      ['GET', '/open', []],
      ['GET', '/empty', []],
      ['GET', '/none', []],
      ['OPTIONS', '/', preflight],
    ] as const) {
      const { stream } = await play(filter, {
        method,
        path,
        headers: [['x-p', 'forged'], ['x-c', '1'], ['x-c', '2'], ...more],
      });
      assert.deepEqual(
        stream.request.headers.names,
        more.map(([name]) => name),
        path,
      );
    }
  });

  it('leaves a claim that cannot be a header value to the router, which finds it whenever it comes', async () => {
    const { filter } = filterOf({ ...local, claim_to_headers: [{ header_name: 'x-c', claim_name: 'c' }] });
    const token = signer.sign({ iss: 'i', c: 'a\r\nx-admin: 1' });
    for (let round = 0; round < 2; round++) {
      const { reply, stream } = await play(filter, { headers: [bearer(token)] });
      assert.equal(reply, undefined);
      assert.equal(findIllegalField(stream.request, '/'), 'invalid header value for: x-c');
    }
  });

  it('chooses the route again only if asked, and only if there is something new to choose by', async () => {
    const claim = { claim_to_headers: [{ header_name: 'x-s', claim_name: 'sub' }] };
    const table: [JsonValue, number][] = [
      [claim, 0],
      [{ ...claim, clear_route_cache: true }, 1],
      [{ clear_route_cache: true, payload_in_metadata: 'p' }, 1],
      [{ clear_route_cache: true, header_in_metadata: 'h', forward_payload_header: 'x-p' }, 0],
      [{ clear_route_cache: true, claim_to_headers: [{ header_name: 'x-n', claim_name: 'none' }] }, 0],
    ];
    for (const [more, want] of table) {
      const { filter } = filterOf({ ...local, ...(more as object) });
      const { stream } = await play(filter, { headers: [bearer(good)] });
      assert.equal(stream.routeChoices, want, JSON.stringify(more));
    }
  });

  it('writes metadata: payload over header, failures with number and text', async () => {
    const { filter } = filterOf({
      ...local,
      payload_in_metadata: 'm',
      header_in_metadata: 'm',
      failed_status_in_metadata: 'f',
    });
    const passed = await play(filter, { headers: [bearer(good)] });
    assert.deepEqual(passed.stream.metadataOf('envoy.filters.http.jwt_authn'), {
      m: { iss: 'i', sub: 'alice', exp: EXPIRES_LATE },
    });
    const refused = await play(filter, { headers: [bearer(bad)] });
    assert.deepEqual(refused.stream.metadataOf('envoy.filters.http.jwt_authn'), {
      f: { code: 26, message: 'Jwt verification fails' },
    });
    const missing = await play(filter);
    assert.deepEqual(missing.stream.metadataOf('envoy.filters.http.jwt_authn'), {
      f: { code: 1, message: 'Jwt is missing' },
    });
  });

  it('with several providers says nothing of a missing token', async () => {
    const provider = { ...local, failed_status_in_metadata: 'f' };
    const { filter } = filterOf(provider, { providers: { p: provider, q: provider } });
    const { stream } = await play(filter);
    assert.equal(stream.metadataIfAny, null);
  });

  it('lays the failure of a token without a provider on the provider of the token before', async () => {
    const providers = {
      p: { ...local, from_headers: [{ name: 'x-p' }], failed_status_in_metadata: 'f' },
      q: { ...local, issuer: 'q', from_headers: [{ name: 'x-a' }] },
    };
    const rules = [{ match: { prefix: '/' }, requires: { allow_missing_or_failed: {} } }];
    const { filter } = filterOf({}, { providers, rules });
    const failed = async (headers: [string, string][]) =>
      (await play(filter, { headers })).stream.metadataOf('envoy.filters.http.jwt_authn')['f'];
    assert.deepEqual(
      await failed([
        ['x-a', 'x'],
        ['x-p', good],
      ]),
      {
        code: 4,
        message: 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
      },
    );
    assert.equal(await failed([['x-a', 'x']]), undefined);
    assert.equal(await failed([['x-p', good]]), undefined);
  });

  it('splits listed claims at blanks for metadata, and only there', async () => {
    const { filter } = filterOf({
      ...local,
      payload_in_metadata: 'm',
      forward_payload_header: 'x-p',
      normalize_payload_in_metadata: { space_delimited_claims: ['scope', 'blank', 'none'] },
    });
    const token = signer.sign({ iss: 'i', scope: ' read  write', blank: '  ' });
    const { stream } = await play(filter, { headers: [bearer(token)] });
    assert.deepEqual(stream.metadataOf('envoy.filters.http.jwt_authn'), {
      m: { iss: 'i', scope: ['read', 'write'], blank: '  ' },
    });
    assert.equal(stream.request.headers.get('x-p'), token.split('.')[1]);
  });

  it('strips the status header where its name is a provider’s too, and another run follows', async () => {
    const extract = { extract_only_without_validation: { verification_status_header: 'x-s' } };
    const claim = { ...local, claim_to_headers: [{ header_name: 'x-s', claim_name: 'sub' }] };
    const statusAfter = async (...requirements: JsonValue[]) => {
      const requires = { requires_all: { requirements } };
      const { filter } = filterOf(claim, { rules: [{ match: { prefix: '/' }, requires }] });
      return (await play(filter, { headers: [bearer(bad)] })).stream.request.headers.get('x-s');
    };
    assert.equal(await statusAfter(extract), 'false');
    assert.equal(await statusAfter(extract, { allow_missing_or_failed: {} }), undefined);
  });
});
