import { createHash } from 'node:crypto';
import type { ServerHttp2Stream } from 'node:http2';
import { fromJson } from '@bufbuild/protobuf';
import { CheckResponseSchema } from '#schema/envoy/service/auth/v3/external_auth_pb.js';
import { answer, bytesOf, frameOf, type Question } from '../fixtures/grpc-authorizer.ts';
import { questionView } from '../oracle/neighbours/ext-authz-grpc-cases.ts';
import { sortKeys } from './access-log.ts';
import type { Json, JsonObject } from './case.ts';

const header = (key: string, value: string, more: JsonObject = {}): JsonObject => ({
  header: { key, value },
  ...more,
});

/** Answers a question by its path, always the same, and tells in the answer what it was asked. */
export function judgeQuestion(question: Question, stream: ServerHttp2Stream): void {
  const check = question.check as { attributes: { request: { http: { path?: string } } } };
  const path = check.attributes.request.http.path?.split('?')[0] ?? '';
  const digest = createHash('sha256').update(`grpc ${path}`).digest();
  const make = ANSWERS[digest.readUInt16BE(0) % ANSWERS.length] as (seen: JsonObject) => JsonObject | null;
  const said = make(header('x-check', seenIn(question)));
  if (said === null) answer(stream, Buffer.alloc(0), { 'grpc-status': '13' });
  else answer(stream, frameOf(bytesOf(fromJson(CheckResponseSchema, said))));
}

/** In one line of ASCII, bytes as text, without what differs from one run to the other. */
function seenIn(question: Question): string {
  const view = questionView(question);
  const text = JSON.stringify(sortKeys(view as Json), (key, value) => {
    if (UNLIKE.has(key) || UNLIKE.has((value as { key?: string } | null)?.key ?? '')) return undefined;
    return key === 'rawValue' ? Buffer.from(value as string, 'base64').toString('latin1') : value;
  });
  return text.replaceAll(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const UNLIKE = new Set([
  'portValue',
  'x-request-id',
  'x-envoy-internal',
  'x-forwarded-for',
  'x-forwarded-port',
  'hasTime',
]);

const ANSWERS: readonly ((seen: JsonObject) => JsonObject | null)[] = [
  (seen) => ({ ok_response: { headers: [seen] } }),
  (seen) => ({ ok_response: { headers: [seen], headers_to_remove: ['x-a', 'x-role'] } }),
  (seen) => ({
    ok_response: {
      headers: [
        seen,
        header('x-user', 'authorized', { append: false }),
        header('x-a', 'more', { append: true }),
      ],
      response_headers_to_add: [header('x-told', '1')],
    },
  }),
  (seen) => ({
    ok_response: {
      headers: [seen],
      query_parameters_to_set: [{ key: 'x', value: 'set' }],
      query_parameters_to_remove: ['y'],
    },
    dynamic_metadata: { user: 'authorized' },
  }),
  (seen) => ({
    ok_response: { headers: [seen, header('x-role', 'admin', { append_action: 'ADD_IF_ABSENT' })] },
  }),
  (seen) => ({
    status: { code: 7 },
    denied_response: { status: { code: 401 }, headers: [seen], body: 'no' },
  }),
  () => ({ status: { code: 7 } }),
  (seen) => ({
    status: { code: 16 },
    denied_response: { status: { code: 302 }, headers: [seen, header('location', 'http://login.test/')] },
  }),
  () => null,
];
