import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonObject } from '@bufbuild/protobuf';
import { LocalReplyConfigSchema } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { formatSource } from '../../../test/fixtures/format-source.ts';
import { Findings } from '../../resources/index.ts';
import { HeaderList } from '../http/header-list.ts';
import { compileLocalReply, type ReplySource } from './compile-local-reply.ts';

const status = (value: number): JsonObject => ({
  status_code_filter: { comparison: { op: 'EQ', value: { default_value: value, runtime_key: 'x' } } },
});
const text = (inline_string: string): JsonObject => ({ text_format_source: { inline_string } });
const html = [['content-type', 'text/html']] as const;
type Fields = readonly (readonly [string, string])[];

function told(config: JsonObject, fields: Fields = [], request: Fields = []) {
  const findings = new Findings();
  const rules = compileLocalReply(fromJson(LocalReplyConfigSchema, config), findings);
  assert.deepEqual(findings.list, []);
  const headers = new HeaderList();
  for (const [name, value] of fields) headers.append(name, value);
  const source = formatSource({ status: 0, details: 'why' }, { headers: request }) as ReplySource;
  const reply = rules?.rewrite(source, headers, { status: 401, body: 'no' });
  const type = headers.get('content-type') ?? reply?.contentType;
  return [reply?.status, reply?.body, type, headers.get('x-add')];
}

/** As Envoy 1.40 tells them. */
const table: { name: string; config: JsonObject; fields?: Fields; request?: Fields; want: unknown[] }[] = [
  { name: 'nothing to say', config: {}, want: [401, 'no', 'text/plain', undefined] },
  {
    name: 'a format for all',
    config: { body_format: text('%RESPONSE_CODE% %LOCAL_REPLY_BODY% %RESPONSE_CODE_DETAILS%') },
    want: [401, '401 no why', 'text/plain', undefined],
  },
  {
    name: 'JSON',
    config: { body_format: { json_format: { m: '%LOCAL_REPLY_BODY%' } } },
    fields: html,
    want: [401, '{"m":"no"}\n', 'application/json', undefined],
  },
  {
    name: 'JSON for a gRPC client',
    config: { body_format: { json_format: { m: '%LOCAL_REPLY_BODY%' } } },
    request: [['content-type', 'application/grpc']],
    want: [401, '{"m":"no"}', 'application/json', undefined],
  },
  {
    name: 'JSON of another type for a gRPC client',
    config: { body_format: { json_format: { m: '%LOCAL_REPLY_BODY%' }, content_type: 'a/b' } },
    request: [['content-type', 'application/grpc']],
    want: [401, '{"m":"no"}\n', 'a/b', undefined],
  },
  {
    name: 'a line that is called JSON for a gRPC client',
    config: { body_format: { ...text('x\n'), content_type: 'application/json' } },
    request: [['content-type', 'application/grpc']],
    want: [401, 'x', 'application/json', undefined],
  },
  {
    name: 'a content type of its own',
    config: { body_format: { ...text('x'), content_type: 'text/x' } },
    want: [401, 'x', 'text/x', undefined],
  },
  {
    name: 'a body that stays keeps its type',
    config: { body_format: { ...text('%LOCAL_REPLY_BODY%'), content_type: 'text/x' } },
    fields: html,
    want: [401, 'no', 'text/html', undefined],
  },
  {
    name: 'the first mapper that fits',
    config: {
      mappers: [
        { filter: status(403), status_code: 500 },
        {
          filter: status(401),
          status_code: 302,
          body: { inline_string: 'other' },
          headers_to_add: [{ header: { key: 'x-add', value: '%RESPONSE_CODE%' } }],
        },
        { filter: status(401), status_code: 500 },
      ],
      body_format: text('<%LOCAL_REPLY_BODY%>'),
    },
    want: [302, '<other>', 'text/plain', '401'],
  },
  {
    name: 'a type that a mapper adds',
    config: {
      mappers: [
        {
          filter: status(401),
          headers_to_add: [
            {
              header: { key: 'content-type', value: 'text/xml' },
              append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
            },
          ],
          body_format_override: text('x'),
        },
      ],
    },
    fields: html,
    want: [401, 'x', 'text/xml', undefined],
  },
];

describe('a reply of the gate’s own is told by local_reply_config', () => {
  for (const { name, config, fields, request, want } of table) {
    it(name, () => assert.deepEqual(told(config, fields, request), want));
  }

  it('is refused with a format that is none', () => {
    const findings = new Findings();
    const config = fromJson(LocalReplyConfigSchema, { body_format: text('%BOGUS%') });
    assert.equal(compileLocalReply(config, findings), undefined);
    assert.ok(findings.hasErrors);
  });

  it('is left alone without one', () => assert.equal(compileLocalReply(undefined, new Findings()), null));
});
