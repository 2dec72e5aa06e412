import type { OAuthError } from '../oauth-error.ts';
import type { IssuerReply } from './http.ts';

type Header = readonly [name: string, value: string];

/** On everything inside a realm. */
const BASE_HEADERS: readonly Header[] = [
  ['Referrer-Policy', 'no-referrer'],
  ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Robots-Tag', 'none'],
];

const FRAME_HEADER: Header = ['X-Frame-Options', 'SAMEORIGIN'];
const JSON_HEADER: Header = ['Content-Type', 'application/json'];

/** A token reply or a refusal by the token endpoint: never to be stored (RFC 6749 §5.1). */
export function replyUncached(status: number, body: object, more: readonly Header[] = []): IssuerReply {
  return {
    status,
    headers: [
      ['Cache-Control', 'no-store'],
      ['Pragma', 'no-cache'],
      ...more,
      JSON_HEADER,
      ...BASE_HEADERS,
      FRAME_HEADER,
    ],
    body: JSON.stringify(body),
  };
}

export function replyOAuthError(error: OAuthError, more: readonly Header[] = []): IssuerReply {
  const body = {
    error: error.code,
    ...(error.description !== undefined && { error_description: error.description }),
  };
  const retry: readonly Header[] =
    error.retryAfterSeconds === undefined ? [] : [['Retry-After', String(error.retryAfterSeconds)]];
  return replyUncached(error.status, body, [...retry, ...more]);
}

/** A public document of a realm. */
export function replyDocument(
  body: string,
  cacheControl: string,
  contentType: string = JSON_HEADER[1],
): IssuerReply {
  return {
    status: 200,
    headers: [['Cache-Control', cacheControl], ['Content-Type', contentType], ...BASE_HEADERS, FRAME_HEADER],
    body,
  };
}

/** The router's refusals inside a realm. */
export function replyRouterError(status: number, error: string): IssuerReply {
  return { status, headers: [JSON_HEADER, ...BASE_HEADERS, FRAME_HEADER], body: JSON.stringify({ error }) };
}

/** The router's refusals before any realm is known. */
export function replyOutside(
  status: number,
  body: object,
  contentType: string = JSON_HEADER[1],
): IssuerReply {
  return { status, headers: [['Content-Type', contentType]], body: JSON.stringify(body) };
}

/** The answer to OPTIONS, with or without what CORS adds. */
export function replyOptions(more: readonly Header[] = []): IssuerReply {
  return { status: 200, headers: [...more, ...BASE_HEADERS], body: '' };
}

export function withHeaders(reply: IssuerReply, more: readonly Header[]): IssuerReply {
  return { ...reply, headers: [...reply.headers, ...more] };
}
