import type { FilterConfig } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { typeNameOf } from '../../../resources/index.ts';
import { SUPPORT } from '../support/support-table.ts';
import type { CheckContext } from './check-context.ts';

/** What a route says to a filter that is not done: no filter here looks at it, and it may be left out where it is optional. */
export function checkFilterConfig({ config, isOptional }: FilterConfig, context: CheckContext): void {
  if (config === undefined || config.typeUrl === '' || isOptional || context.isTold(config)) return;
  const typeName = typeNameOf(config);
  if (SUPPORT[typeName] !== undefined) return;
  context.complain({
    code: 'typeNotDone',
    message: `jotgate does not do \`${typeName}\` yet`,
    envoy: 'accepts',
    about: config,
  });
}
