import type { BackoffStrategy } from '#schema/envoy/config/core/v3/backoff_pb.js';
import type { HttpUri } from '#schema/envoy/config/core/v3/http_uri_pb.js';
import type { RemoteJwks } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { readAbsoluteUri } from '../../../core/match/index.ts';
import { nanosOf, wholeMsOf } from '../rules/duration-text.ts';
import type { CheckContext } from './check-context.ts';
import { isTime } from './check-duration.ts';

/** Where and when a provider's keys are fetched. @param name of the provider */
export function checkRemoteJwks(name: string, remote: RemoteJwks, context: CheckContext): void {
  const { httpUri, cacheDuration, retryPolicy } = remote;
  if (httpUri !== undefined) checkUri(name, httpUri, context);
  else if (!context.isBroken(remote, 'http_uri')) {
    context.complain({
      code: 'required',
      message: '`http_uri` of RemoteJwks: value is required',
      about: remote,
    });
  }
  if (cacheDuration !== undefined && !isTime(nanosOf(cacheDuration) * 2n)) {
    context.complain({
      code: 'badDuration',
      message: 'duration out-of-range: twice `cache_duration`',
      about: remote,
      field: 'cache_duration',
    });
  }
  checkBackOff(retryPolicy?.retryBackOff, context);
}

/** An empty one is told by its constraint. */
function checkUri(name: string, about: HttpUri, context: CheckContext): void {
  const { uri } = about;
  const parts = readAbsoluteUri(uri);
  if (parts === null && uri !== '') {
    context.complain({
      code: 'badJwksUri',
      message: `provider \`${name}\` has an invalid URI: \`${uri}\``,
      hint: 'write it whole, as in https://host/path',
      about,
      field: 'uri',
    });
  }
  if (parts?.address.includes('%')) {
    context.complain({
      code: 'fieldNotDone',
      message: `the URI of provider \`${name}\` names an interface of a machine: \`${uri}\``,
      hint: 'leave out `%` and the name; which address is asked says the cluster',
      about,
      field: 'uri',
    });
  }
}

/** Without a longest interval it is ten times the first one, and must be a time too; milliseconds count (Envoy: http/utility.cc). */
function checkBackOff(backOff: BackoffStrategy | undefined, context: CheckContext): void {
  if (backOff?.baseInterval === undefined) return;
  const { baseInterval, maxInterval } = backOff;
  if (maxInterval === undefined && !isTime(nanosOf(baseInterval) * 10n)) {
    context.complain({
      code: 'badDuration',
      message: 'duration out-of-range: `max_interval` is ten times `base_interval`',
      about: backOff,
      field: 'base_interval',
    });
  }
  if (maxInterval !== undefined && wholeMsOf(maxInterval) < wholeMsOf(baseInterval)) {
    context.complain({
      code: 'badBackOff',
      message: 'max_interval must be greater than or equal to the base_interval',
      about: backOff,
      field: 'max_interval',
    });
  }
}
