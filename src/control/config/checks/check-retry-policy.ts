import type { Any } from '@bufbuild/protobuf/wkt';
import type { RetryPolicy as FetchRetryPolicy } from '#schema/envoy/config/core/v3/base_pb.js';
import type { RetryPolicy } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { typeNameOf } from '../../../resources/index.ts';
import type { CheckContext } from './check-context.ts';
import { checkTypedConfig } from './check-filter-chain.ts';

/** Extensions that nothing here asks, and that Envoy builds with the file (retry_policy_impl.cc): those that say no type it refuses. */
export function checkRetryPolicy(policy: RetryPolicy | FetchRetryPolicy, context: CheckContext): void {
  const { retryHostPredicate, retryPriority } = policy;
  for (const entry of [...retryHostPredicate, ...(retryPriority === undefined ? [] : [retryPriority])]) {
    checkTypedConfig(entry, context);
    if (entry.configType.case === 'typedConfig') checkType(entry, entry.configType.value, context);
  }
  if (policy.$typeName !== 'envoy.config.route.v3.RetryPolicy') return;
  for (const entry of policy.retryOptionsPredicates) checkType(entry, entry.typedConfig, context);
}

/** One of a type that does not fit is told by who decodes it. */
function checkType(about: object, config: Any | undefined, context: CheckContext): void {
  if (config === undefined || typeNameOf(config) !== '') return;
  const message = '`typed_config` has no `@type`';
  context.complain({ code: 'unknownExtension', message, about, field: 'typed_config' });
}
