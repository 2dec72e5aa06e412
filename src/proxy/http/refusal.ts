import type { ResponseFlag } from '../format/response-flags.ts';

/** A message that is not taken, and what its sender is told. */
export interface Refusal {
  status: number;
  /** Empty: the reply carries no body and no content-type, as where Envoy refuses above its codec. */
  body: string;
  /** `%RESPONSE_CODE_DETAILS%` and the log line's reason. */
  details: string;
  /** `%RESPONSE_FLAGS%`, where it is not the codec's own. */
  flag?: ResponseFlag;
}

const badRequest = (details: string): Refusal => ({ status: 400, body: 'Bad Request', details });
const emptyBadRequest = (details: string): Refusal => ({ status: 400, body: '', details });
const named = (status: number, body: string, details: string): Refusal => ({ status, body, details });

/** Every reason for which a request is refused before any filter sees it. Statuses and texts as Envoy's where it refuses too. */
export const REFUSAL = {
  badMethod: badRequest('http1.invalid_method'),
  badTarget: badRequest('http1.invalid_url'),
  badRequestLine: badRequest('http1.invalid_start_line'),
  badFieldName: badRequest('http1.invalid_header_name'),
  badFieldValue: badRequest('http1.invalid_characters'),
  framingLookalike: badRequest('http1.framing_name_with_underscore'),
  badConnection: badRequest('http1.connection_header_rejected'),
  badHost: badRequest('http1.invalid_authority'),
  twoHosts: badRequest('http1.two_hosts'),
  badContentLength: badRequest('http1.invalid_content_length'),
  lengthAndChunked: badRequest('http1.content_length_and_chunked'),
  badChunk: badRequest('http1.invalid_chunk'),
  trailers: named(400, 'request trailers are not supported', 'http1.trailers_not_supported'),
  missingHost: emptyBadRequest('missing_host_header'),
  fragment: emptyBadRequest('path_normalization_failed'),
  asterisk: named(404, '', 'absolute_path_rejected'),
  badPath: emptyBadRequest('path_normalization_failed'),
  underscore: badRequest('http1.unexpected_underscore'),
  transferCoding: named(501, 'Not Implemented', 'http1.invalid_transfer_encoding'),
  oldVersion: named(426, 'Upgrade Required', 'low_version'),
  noVersion: named(426, 'Upgrade Required', 'http1.no_version'),
  http2: named(505, 'HTTP/2 is not supported on this listener', 'http2_not_supported'),
  expectation: named(417, 'expectations are not supported', 'expect_not_supported'),
  schemeMismatch: named(403, 'Forbidden', 'http1.https_url_on_plaintext_connection'),
  upgrade: named(403, '', 'upgrade_failed'),
  connect: named(501, 'CONNECT is not supported', 'connect_not_supported'),
  headTooLarge: named(431, 'Request Header Fields Too Large', 'http1.headers_too_large'),
  tooManyFields: named(431, 'Request Header Fields Too Large', 'http1.too_many_headers'),
  requestTimeout: named(408, 'request timeout', 'request_overall_timeout'),
  decisionTimeout: named(504, 'request timeout', 'request_overall_timeout'),
  idleTimeout: { ...named(408, 'stream timeout', 'stream_idle_timeout'), flag: 'SI' },
  durationTimeout: named(408, 'downstream duration timeout', 'max_duration_timeout'),
  headTimeout: named(408, 'request header timeout', 'request_header_timeout'),
} as const satisfies Record<string, Refusal>;
