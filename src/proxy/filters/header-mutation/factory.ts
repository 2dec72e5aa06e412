import type { Message } from '@bufbuild/protobuf';
import {
  type HeaderMutation,
  type HeaderMutationPerRoute,
  HeaderMutationPerRouteSchema,
  HeaderMutationSchema,
} from '#schema/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.js';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { routeConfigsOf } from '../route-config.ts';
import { compileMutations, type MutationSteps } from './compile-mutations.ts';
import { HeaderMutationFilter } from './filter.ts';

/** `envoy.filters.http.header_mutation`, and what routes say to it. */
export const headerMutationFactory: HttpFilterFactory = {
  schema: HeaderMutationSchema,
  compile(config: Message, { name, findings }: FactoryContext): HttpFilter | null {
    const { mostSpecificHeaderMutationsWins } = config as HeaderMutation;
    const own = compileMutations(config as HeaderMutation, findings);
    if (own === null) return null;
    return new HeaderMutationFilter(own, (route) => {
      const levels = routeConfigsOf(route, name, headerMutationFactory) as readonly MutationSteps[];
      return mostSpecificHeaderMutationsWins ? levels.toReversed() : levels;
    });
  },
  perRoute: {
    schema: HeaderMutationPerRouteSchema,
    compile: (config: Message, { findings }: FactoryContext) =>
      compileMutations(config as HeaderMutationPerRoute, findings),
  },
};
