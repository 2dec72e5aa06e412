import type { Message } from '@bufbuild/protobuf';
import {
  CorsPolicySchema,
  CorsSchema,
  type CorsPolicy as PolicyConfig,
} from '#schema/envoy/extensions/filters/http/cors/v3/cors_pb.js';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { routeConfigsOf } from '../route-config.ts';
import { CorsFilter } from './filter.ts';
import { type CorsPolicy, compileCorsPolicy } from './policy.ts';

/** `envoy.filters.http.cors`; its policies are the routes' (Envoy: cors_filter.cc). */
export const corsFactory: HttpFilterFactory = {
  schema: CorsSchema,
  compile(config: Message, { name, stats }: FactoryContext): HttpFilter {
    return new CorsFilter(config, (route) => policiesOf(route, name), {
      originValid: stats.counter('cors.origin_valid'),
      originInvalid: stats.counter('cors.origin_invalid'),
    });
  },
  perRoute: {
    schema: CorsPolicySchema,
    compile: (config: Message, { findings }: FactoryContext) =>
      compileCorsPolicy(config as PolicyConfig, findings),
  },
};

/** Redirects and direct responses have no policy, whatever is written there (Envoy: cors_filter.cc, which asks the route entry). */
function policiesOf(route: SelectedRoute | null, name: string): readonly CorsPolicy[] {
  if (route?.action.kind !== 'cluster') return [];
  return routeConfigsOf(route, name, corsFactory) as readonly CorsPolicy[];
}
