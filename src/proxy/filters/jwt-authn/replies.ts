import { STATUS, type Status, statusText } from '../../../core/jwt/index.ts';
import { toByteString } from '../../../core/match/index.ts';
import { withoutBlanks } from '../../details-text.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { LocalReply } from '../filter.ts';

/** The HTTP code for each failing status: the wrong audience is forbidden, everything else is not authenticated (envoy.md §2.2). */
export function httpCodeOf(status: Status): number {
  return status === STATUS.jwtAudienceNotAllowed ? 403 : 401;
}

/**
 * The reply to a request that failed (Envoy: filter.cc).
 * @param uri as it was before a token was taken out of it, see `challengeUri`
 * @param stripped `strip_failure_response`: neither body nor challenge
 */
export function denialReply(status: Status, uri: string, stripped: boolean): LocalReply {
  const text = statusText(status);
  const challenge = `Bearer realm="${uri}"${status === STATUS.jwtIsMissing ? '' : ', error="invalid_token"'}`;
  return {
    status: httpCodeOf(status),
    body: stripped ? '' : text,
    headers: stripped ? [] : [['www-authenticate', challenge]],
    details: `jwt_authn_access_denied{${withoutBlanks(text)}}`,
  };
}

/** The reply where a route names a requirement that `requirement_map` does not have (envoy.md §2.2). */
export function wrongNameReply(name: string, known: readonly string[], stripped: boolean): LocalReply {
  const text = wrongNameText(name, known);
  return {
    status: 403,
    body: stripped ? '' : toByteString(`Failed JWT authentication: ${text}`),
    headers: [],
    details: `jwt_authn_access_denied{${withoutBlanks(text)}}`,
  };
}

/** Envoy: filter_config.cc. */
export function wrongNameText(name: string, known: readonly string[]): string {
  return `Wrong requirement_name: ${name}. It should be one of [${known.toSorted().join(',')}]`;
}

const URI_PATH_MAX = 256;

/** The path that a challenge will name, to be read before a token is looked at: outputs and removals may change both sources. */
export function challengePath({ headers, path }: RequestHead): string {
  return headers.get('x-envoy-original-path') ?? path;
}

/** The URI that a challenge names: what the client asked for, its path cut at 256 characters (Envoy: utility.cc). */
export function challengeUri({ scheme, authority }: RequestHead, shownPath: string): string {
  return `${scheme}://${authority}${shownPath.slice(0, URI_PATH_MAX)}`;
}
