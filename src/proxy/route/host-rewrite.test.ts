import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonObject } from '@bufbuild/protobuf';
import { RouteActionSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { TestStream } from '../../../test/fixtures/filter-stream.ts';
import { Findings } from '../../resources/index.ts';
import { compileHostRewrite, replaceHost } from './host-rewrite.ts';

const regex = { pattern: { regex: '^/([^/]*)/.*$' }, substitution: '\\1.test' };

describe('the host that a route forwards', () => {
  const table: { name: string; given: JsonObject; want: string }[] = [
    { name: 'stays without a word', given: {}, want: '' },
    { name: 'is a literal', given: { host_rewrite_literal: 'a.test' }, want: 'a.test' },
    { name: 'is a header’s first line', given: { host_rewrite_header: 'X-Host' }, want: 'first' },
    { name: 'stays for a header that is not there', given: { host_rewrite_header: 'x-none' }, want: '' },
    {
      name: 'is made of the path without its query',
      given: { host_rewrite_path_regex: regex },
      want: 'b.test',
    },
    { name: 'is formatted', given: { host_rewrite: '%REQ(x-host)%.%REQ(x-none)%' }, want: 'first.-' },
    { name: 'waits for the upstream', given: { auto_host_rewrite: true }, want: '' },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      const findings = new Findings();
      const rule = compileHostRewrite(fromJson(RouteActionSchema, given), findings);
      assert.deepEqual(findings.list, []);
      const source = new TestStream({
        path: '/b/c?/d/',
        headers: [
          ['x-host', 'first'],
          ['x-host', 'second'],
        ],
      });
      assert.equal(rule?.rewrite?.hostFor(source) ?? '', want);
      assert.equal(rule?.byUpstream, given['auto_host_rewrite'] === true);
    });
  }

  it('cannot have a format that is none', () => {
    const findings = new Findings();
    assert.equal(compileHostRewrite(fromJson(RouteActionSchema, { host_rewrite: 'a%b' }), findings), null);
    assert.deepEqual(
      findings.list.map(({ message }) => message),
      ['a lone `%` in `host_rewrite`, at character 2'],
    );
  });

  const forwarded: { before: string[]; want: string[] }[] = [
    { before: [], want: ['host.test'] },
    { before: ['a,b'], want: ['a,b,host.test'] },
    { before: ['a,host.test'], want: ['a,host.test'] },
    { before: ['a, host.test'], want: ['a, host.test,host.test'] },
    { before: [''], want: ['host.test'] },
  ];
  for (const { before, want } of forwarded) {
    it(`is noted behind x-forwarded-host ${JSON.stringify(before)}`, () => {
      const { request } = new TestStream({ headers: before.map((line) => ['x-forwarded-host', line]) });
      replaceHost(request, 'new.test', { original: true, forwarded: true });
      assert.equal(request.authority, 'new.test');
      assert.equal(request.headers.get('x-envoy-original-host'), 'host.test');
      const { names, values } = request.headers;
      assert.deepEqual(
        values.filter((_, index) => names[index] === 'x-forwarded-host'),
        want,
      );
    });
  }
});
