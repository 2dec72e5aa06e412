import { toBinary } from '@bufbuild/protobuf';
import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';

/** Operators that ask for more than the request: `%RESP(…)%`, `%UPSTREAM_HOST%`, times, lengths. */
const OPERATORS =
  /%(?:RESP|RESPONSE_[A-Z_]+|UPSTREAM_[A-Z_]+|START_TIME|EMIT_TIME|DURATION|REQUEST_[A-Z_]*DURATION|BYTES_[A-Z]+|LOCAL_REPLY_BODY)[(%:]/;

/** Whether a format anywhere in a connection manager, its filters and its routes asks how an exchange goes. */
export function asksForCourse(hcm: HttpConnectionManager): boolean {
  return OPERATORS.test(Buffer.from(toBinary(HttpConnectionManagerSchema, hcm)).toString('latin1'));
}
