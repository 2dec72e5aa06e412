import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { compileFilter, goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play, TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { routeSaying } from '../../../../test/fixtures/route-words.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { HeaderList } from '../../http/header-list.ts';
import { headerToMetadataFactory } from './factory.ts';

const to = (more: JsonObject = {}): JsonObject => ({ metadata_namespace: 'ns', key: 'k', ...more });
const filterOf = (...request_rules: JsonObject[]) => goodFilter(headerToMetadataFactory, { request_rules });

describe('header_to_metadata writes', () => {
  const table: {
    name: string;
    rule: JsonObject;
    headers: [string, string][];
    want: Record<string, unknown>;
  }[] = [
    {
      name: 'a header',
      rule: { header: 'X-A', on_header_present: to() },
      headers: [['x-a', '1']],
      want: { k: '1' },
    },
    {
      name: 'all its lines, joined',
      rule: { header: 'x-a', on_header_present: to() },
      headers: [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
      want: { k: '1,2' },
    },
    { name: 'the path', rule: { header: ':path', on_header_present: to() }, headers: [], want: { k: '/' } },
    {
      name: 'nothing for an empty header',
      rule: { header: 'x-a', on_header_present: to() },
      headers: [['x-a', '']],
      want: {},
    },
    {
      name: 'nothing for a missing one',
      rule: { header: 'x-a', on_header_present: to() },
      headers: [],
      want: {},
    },
    {
      name: 'what stands for a missing one',
      rule: { header: 'x-a', on_header_missing: to({ value: 'none' }) },
      headers: [],
      want: { k: 'none' },
    },
    {
      name: 'a value of its own',
      rule: { header: 'x-a', on_header_present: to({ value: 'there' }) },
      headers: [['x-a', '']],
      want: { k: 'there' },
    },
    {
      name: 'a cookie',
      rule: { cookie: 's', on_header_present: to() },
      headers: [['cookie', 'a=1; s="2"']],
      want: { k: '2' },
    },
    {
      name: 'a part by regex',
      rule: {
        header: 'x-a',
        on_header_present: to({
          regex_value_rewrite: { pattern: { regex: '^(\\w+)-.*' }, substitution: '\\1' },
        }),
      },
      headers: [['x-a', 'one-two']],
      want: { k: 'one' },
    },
    {
      name: 'a number',
      rule: { header: 'x-a', on_header_present: to({ type: 'NUMBER' }) },
      headers: [['x-a', '-1.5e1']],
      want: { k: -15 },
    },
    {
      name: 'no number',
      rule: { header: 'x-a', on_header_present: to({ type: 'NUMBER' }) },
      headers: [['x-a', '1x']],
      want: {},
    },
    {
      name: 'base64',
      rule: { header: 'x-a', on_header_present: to({ encode: 'BASE64' }) },
      headers: [['x-a', 'aGk']],
      want: { k: 'hi' },
    },
    {
      name: 'bytes that are not UTF-8',
      rule: { header: 'x-a', on_header_present: to({ encode: 'BASE64' }) },
      headers: [['x-a', 'w6n/']],
      want: { k: 'é\udcff' },
    },
    {
      name: 'no base64',
      rule: { header: 'x-a', on_header_present: to({ encode: 'BASE64' }) },
      headers: [['x-a', 'a_k=']],
      want: {},
    },
    {
      name: 'a serialised value',
      rule: { header: 'x-a', on_header_present: to({ encode: 'BASE64', type: 'PROTOBUF_VALUE' }) },
      headers: [['x-a', 'IAE=']],
      want: { k: true },
    },
    {
      name: 'null for a serialised value of no kind',
      rule: { header: 'x-a', on_header_present: to({ encode: 'BASE64', type: 'PROTOBUF_VALUE' }) },
      headers: [['x-a', 'aGk=']],
      want: { k: null },
    },
    {
      name: 'nothing for what is no serialised value',
      rule: { header: 'x-a', on_header_present: to({ type: 'PROTOBUF_VALUE' }) },
      headers: [['x-a', 'zzz']],
      want: {},
    },
    {
      name: 'nothing of 8 KiB or more',
      rule: { header: 'x-a', on_header_present: to() },
      headers: [['x-a', 'v'.repeat(8192)]],
      want: {},
    },
  ];
  for (const { name, rule, headers, want } of table) {
    it(name, async () => {
      const { stream } = await play(filterOf(rule).filter, { headers, recorder: new TreeRecorder() });
      assert.deepEqual(stream.metadataOf('ns'), want);
    });
  }

  it('to its own namespace where none is named, and takes the header off where it is told to', async () => {
    const { filter } = filterOf(
      { header: 'x-a', on_header_present: { key: 'k' }, remove: true },
      { header: 'x-a', on_header_missing: { key: 'l', value: 'gone' } },
    );
    const { stream } = await play(filter, { headers: [['x-a', '1']] });
    assert.deepEqual(stream.metadataOf('envoy.filters.http.header_to_metadata'), { k: '1', l: 'gone' });
    assert.equal(stream.request.headers.has('x-a'), false);
  });

  it("a response's headers and status", () => {
    const { filter } = goodFilter(headerToMetadataFactory, {
      response_rules: [
        { header: 'x-a', on_header_present: to() },
        { header: ':status', on_header_present: to({ key: 's' }) },
      ],
    });
    const stream = new TestStream();
    const headers = new HeaderList();
    headers.append('x-a', '1');
    filter.encodeHeaders?.(stream, { status: 204, headers });
    assert.deepEqual(stream.metadataOf('ns'), { k: '1', s: '204' });
  });

  it("by a route's rules in place of its own", async () => {
    const { filter, context } = filterOf({ header: 'x-a', on_header_present: to() });
    const level = { request_rules: [{ header: 'x-a', on_header_present: to({ key: 'own' }) }] };
    const route = routeSaying(headerToMetadataFactory, [level], context);
    const { stream } = await play(filter, { headers: [['x-a', '1']], route });
    assert.deepEqual(stream.metadataOf('ns'), { own: '1' });
  });

  it('and says where, but not what', async () => {
    const recorder = new TreeRecorder();
    await play(filterOf({ header: 'authorization', on_header_present: to() }).filter, {
      headers: [['authorization', 'Bearer secret']],
      recorder,
    });
    const [step] = recorder.root.steps;
    assert.deepEqual([step?.text, step?.reason], ['header authorization is there', 'written to ns:k']);
  });
});

describe('header_to_metadata refuses', () => {
  const table: { name: string; rule: JsonObject; want: RegExp }[] = [
    {
      name: 'a header and a cookie',
      rule: { header: 'a', cookie: 'b', on_header_present: to() },
      want: /both header and cookie/,
    },
    { name: 'neither', rule: { on_header_present: to() }, want: /One of Cookie or Header/ },
    { name: 'a rule that does nothing', rule: { header: 'a' }, want: /rule for header 'a' has neither/ },
    {
      name: 'a value and a rewrite',
      rule: { header: 'a', on_header_present: to({ value: 'v', regex_value_rewrite: {} }) },
      want: /both value and regex_value_rewrite/,
    },
    {
      name: 'taking a cookie off',
      rule: { cookie: 'a', on_header_present: to(), remove: true },
      want: /remove for cookie/,
    },
    {
      name: 'nothing for what is missing',
      rule: { header: 'a', on_header_missing: to() },
      want: /with an empty value/,
    },
    {
      name: 'taking the path off',
      rule: { header: ':path', on_header_present: to(), remove: true },
      want: /for a pseudo-header/,
    },
    {
      name: 'removing the host',
      rule: { header: 'Host', on_header_present: to(), remove: true },
      want: /for a pseudo-header/,
    },
  ];
  for (const { name, rule, want } of table) {
    it(name, () => {
      const { filter, findings } = compileFilter(headerToMetadataFactory, { request_rules: [rule] });
      assert.equal(filter, null);
      assert.match(findings.list[0]?.message ?? '', want);
    });
  }

  it('a route without rules', () => {
    const { context, findings } = filterOf();
    assert.throws(() => routeSaying(headerToMetadataFactory, [{}], context));
    assert.match(findings.list[0]?.message ?? '', /must at least specify/);
  });
});
