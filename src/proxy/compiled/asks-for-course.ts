import { isMessage } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { Expr_IdentSchema, Expr_SelectSchema } from '#schema/google/api/expr/v1alpha1/syntax_pb.js';
import { contentOf } from '../../resources/index.ts';

/** Operators that ask for more than the request: `%RESP(…)%`, `%UPSTREAM_HOST%`, times, lengths. */
const OPERATORS =
  /%(?:RESP|RESPONSE_[A-Z_]+|UPSTREAM_[A-Z_]+|START_TIME|EMIT_TIME|DURATION|REQUEST_[A-Z_]*DURATION|BYTES_[A-Z]+|LOCAL_REPLY_BODY)[(%:]/;

/** Whether a format or a CEL condition anywhere in a connection manager, its filters and its routes asks how an exchange goes. */
export function asksForCourse(hcm: HttpConnectionManager): boolean {
  return asksIn(hcm);
}

const COURSE_ROOTS: ReadonlySet<string> = new Set(['xds', 'upstream']);

function asksIn(value: unknown): boolean {
  if (typeof value === 'string') return OPERATORS.test(value);
  if (value instanceof Uint8Array) return asksInBytes(Buffer.from(value).toString('latin1'));
  if (typeof value !== 'object' || value === null) return false;
  // `request.time`, `xds.cluster_name`, `upstream.num_endpoints`.
  if (isMessage(value, Expr_SelectSchema) && value.field === 'time') return true;
  if (isMessage(value, Expr_IdentSchema) && COURSE_ROOTS.has(value.name)) return true;
  return isMessage(value, AnySchema) ? asksIn(contentOf(value)) : Object.values(value).some(asksIn);
}

/** Of a message that nobody has read, as one whose filter was kept: the same texts, and the fields of the same expressions. */
const asksInBytes = (bytes: string): boolean =>
  OPERATORS.test(bytes) ||
  bytes.includes('\n\x03xds') ||
  bytes.includes('\n\x08upstream') ||
  bytes.includes('\x12\x04time');
