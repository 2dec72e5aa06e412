import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonObject } from '@bufbuild/protobuf';
import { AccessLogFilterSchema } from '#schema/envoy/config/accesslog/v3/accesslog_pb.js';
import { formatSource } from '../../../test/fixtures/format-source.ts';
import { Findings } from '../../resources/index.ts';
import type { Progress } from '../format/format-source.ts';
import { compileLogFilter } from './log-filter.ts';

const status = (op: string, value: number): JsonObject => ({
  status_code_filter: { comparison: { op, value: { default_value: value, runtime_key: 'x' } } },
});
const duration = (value: number): JsonObject => ({
  duration_filter: { comparison: { op: 'GE', value: { default_value: value, runtime_key: 'x' } } },
});
const metadata = (key: string, more: JsonObject = {}): JsonObject => ({
  metadata_filter: {
    matcher: { filter: 'ns', path: [{ key }], value: { string_match: { exact: 'text' } } },
    ...more,
  },
});
const header = (name: string): JsonObject => ({ header_filter: { header: { name, present_match: true } } });

const metadataBut = (key: string): JsonObject => ({
  metadata_filter: {
    matcher: { filter: 'ns', path: [{ key }], value: { string_match: { exact: 'text' } }, invert: true },
  },
});

const table: { name: string; given: JsonObject; want: boolean; more?: Partial<Progress> }[] = [
  { name: 'equal', given: status('EQ', 200), want: true },
  { name: 'not equal', given: status('EQ', 201), want: false },
  { name: 'at least', given: status('GE', 200), want: true },
  { name: 'at most', given: status('LE', 199), want: false },
  { name: 'another one', given: status('NE', 199), want: true },
  { name: 'no other one', given: status('NE', 200), want: false },
  { name: 'as long as', given: duration(7), want: true },
  { name: 'not as long as', given: duration(8), want: false },
  { name: 'no health check', given: { not_health_check_filter: {} }, want: true },
  { name: 'metadata, whatever `invert` says', given: metadataBut('s'), want: true },
  { name: 'other metadata, whatever `invert` says', given: metadataBut('l'), want: false },
  { name: 'a header', given: header('x-a'), want: true },
  { name: 'no header', given: header('x-b'), want: false },
  {
    name: 'a flag of them',
    given: { response_flag_filter: { flags: ['NR', 'UF'] } },
    want: true,
    more: { flags: 'UF' },
  },
  {
    name: 'another flag',
    given: { response_flag_filter: { flags: ['NR'] } },
    want: false,
    more: { flags: 'UF' },
  },
  { name: 'any flag', given: { response_flag_filter: {} }, want: true, more: { flags: 'UF' } },
  { name: 'no flag', given: { response_flag_filter: {} }, want: false },
  { name: 'metadata', given: metadata('s'), want: true },
  { name: 'other metadata', given: metadata('l'), want: false },
  { name: 'metadata that is not there', given: metadata('none'), want: true },
  {
    name: 'metadata that must be there',
    given: metadata('none', { match_if_key_not_found: false }),
    want: false,
  },
  { name: 'all', given: { and_filter: { filters: [status('EQ', 200), header('x-b')] } }, want: false },
  { name: 'any', given: { or_filter: { filters: [status('EQ', 200), header('x-b')] } }, want: true },
];

describe('a filter of an access log', () => {
  for (const { name, given, want, more } of table) {
    it(`${name}: ${want}`, () => {
      const findings = new Findings();
      const filter = compileLogFilter(fromJson(AccessLogFilterSchema, given), findings);
      assert.deepEqual(findings.list, []);
      assert.equal(filter?.(formatSource(more, { headers: [['x-a', '1']] })), want);
    });
  }

  for (const given of [
    { traceable_filter: {} },
    { grpc_status_filter: {} },
    { runtime_filter: { runtime_key: 'a' } },
  ]) {
    it(`${Object.keys(given)[0]} is refused by name`, () => {
      const findings = new Findings();
      assert.equal(compileLogFilter(fromJson(AccessLogFilterSchema, given), findings), null);
      assert.deepEqual(
        findings.list.map(({ message }) => message),
        [`\`${Object.keys(given)[0]}\` is not supported`],
      );
    });
  }
});

describe('a request that could not be read to its end has no pseudo-headers', () => {
  const unread = { method: '', authority: '', path: '' };
  const withoutHost = { authority: '', lacksHost: true, path: '/a' };
  const table: { name: string; header: JsonObject; request: object; want: boolean }[] = [
    {
      name: 'to be other than something',
      header: { name: ':path', string_match: { exact: '/a' }, invert_match: true },
      request: unread,
      want: false,
    },
    {
      name: 'that are something',
      header: { name: ':path', present_match: true, invert_match: true },
      request: unread,
      want: true,
    },
    { name: 'such as a method', header: { name: ':method' }, request: unread, want: false },
    { name: 'nor a host', header: { name: 'host' }, request: unread, want: false },
    { name: 'but those that it says', header: { name: ':path' }, request: withoutHost, want: true },
    { name: 'of a host', header: { name: ':authority' }, request: withoutHost, want: false },
    { name: 'by the host’s other name', header: { name: 'Host' }, request: withoutHost, want: false },
  ];
  for (const { name, header, request, want } of table) {
    it(name, () => {
      const filter = fromJson(AccessLogFilterSchema, { header_filter: { header } });
      const source = formatSource();
      Object.assign(source.request, request);
      assert.equal(compileLogFilter(filter, new Findings())?.(source), want);
    });
  }
});
