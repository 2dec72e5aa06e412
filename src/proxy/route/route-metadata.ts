import type { Route } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { MatchedValue, MetadataSource } from '../../core/match/index.ts';

/** A route's `filter_metadata`, for those who match by it. */
export function routeMetadataOf({ metadata }: Route): MetadataSource | null {
  if (metadata === undefined) return null;
  return new Map(
    Object.entries(metadata.filterMetadata).map(([namespace, struct]) => [
      namespace,
      new Map(Object.entries(struct as { readonly [key: string]: MatchedValue })),
    ]),
  );
}
