import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, fromJson, type JsonObject } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { AccessLogFilterSchema, AccessLogSchema } from '#schema/envoy/config/accesslog/v3/accesslog_pb.js';
import { FileAccessLogSchema } from '#schema/envoy/extensions/access_loggers/file/v3/file_pb.js';
import { StdoutAccessLogSchema } from '#schema/envoy/extensions/access_loggers/stream/v3/stream_pb.js';
import { formatSource } from '../../../test/fixtures/format-source.ts';
import { Findings } from '../../resources/index.ts';
import { AccessLog } from './access-log.ts';
import { compileAccessLogs } from './compile-access-log.ts';

const logger = (schema: typeof FileAccessLogSchema | typeof StdoutAccessLogSchema, config: JsonObject) => ({
  configType: { case: 'typedConfig' as const, value: anyPack(schema, fromJson(schema, config)) },
});
const file = (config: JsonObject) => logger(FileAccessLogSchema, { path: '/a', ...config });

function written(configs: ReturnType<typeof file>[], filter?: JsonObject): [path: string, text: string][] {
  const findings = new Findings();
  const own = filter === undefined ? {} : { filter: fromJson(AccessLogFilterSchema, filter) };
  const logs = compileAccessLogs(
    configs.map((config) => create(AccessLogSchema, { ...config, ...own })),
    findings,
  );
  assert.deepEqual(findings.list, []);
  const lines: [string, string][] = [];
  AccessLog.open(logs, (path) => ({ write: (text) => void lines.push([path, text]) }))?.write(formatSource());
  return lines;
}

describe('an access log', () => {
  it('has Envoy’s line where no other is asked for', () => {
    const line =
      '[2026-01-01T00:00:00.000Z] "GET / HTTP/1.1" 200 - 3 4 7 - "-" "-" "-" "host.test" "[::1]:81"\n';
    assert.deepEqual(written([file({}), logger(StdoutAccessLogSchema, {})]), [
      ['/a', line],
      ['/dev/stdout', line],
    ]);
  });

  it('takes its format in every spelling', () => {
    const spellings = [
      file({ format: '%RESPONSE_CODE%' }),
      file({ json_format: { a: '%RESPONSE_CODE%' } }),
      file({ typed_json_format: { a: '%RESPONSE_CODE%' } }),
      file({ log_format: { text_format: '%RESPONSE_CODE% %REQ(a)%' } }),
      file({ log_format: { text_format_source: { inline_string: 'é' } } }),
      file({ log_format: { json_format: { a: '%REQ(a)%' }, omit_empty_values: true } }),
    ];
    assert.deepEqual(
      written(spellings).map(([, text]) => text),
      ['200', '{"a":200}\n', '{"a":200}\n', '200 -', '\xc3\xa9', '{}\n'],
    );
  });

  it('writes what its filter lets through', () => {
    const errors = {
      status_code_filter: { comparison: { op: 'GE', value: { default_value: 500, runtime_key: 'x' } } },
    };
    assert.deepEqual(written([file({})], errors), []);
  });

  it('is none where there are no loggers', () => {
    assert.equal(
      AccessLog.open([], () => assert.fail('nothing is opened')),
      null,
    );
  });

  it('says at which place of a format what is not done stands', () => {
    const findings = new Findings();
    const config = file({ log_format: { text_format: 'ab %CEL(request.path)%' } });
    compileAccessLogs([create(AccessLogSchema, config)], findings);
    assert.deepEqual(
      findings.list.map(({ message }) => message),
      ['`%CEL(request.path)%` in the text format, at character 4 is not supported'],
    );
  });
});
