import type { RouteConfiguration } from '#schema/envoy/config/route/v3/route_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { CompleteMessage } from '../decode/decode-context.ts';

const MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** Fields that a dump's reader does and a bootstrap's does not. */
export const DONE_IN_DUMPS: ReadonlySet<string> = new Set([`${MANAGER}.rds`]);

/** Puts the routes that a connection manager got over the network in their place. Files of another machine are not read. */
export function completeDump(routes: ReadonlyMap<string, RouteConfiguration>): CompleteMessage {
  return ({ message, desc }) => {
    if (desc.typeName !== MANAGER) return;
    const manager = message as unknown as HttpConnectionManager;
    if (manager.routeSpecifier.case !== 'rds') return;
    const found = routes.get(manager.routeSpecifier.value.routeConfigName);
    if (found !== undefined) manager.routeSpecifier = { case: 'routeConfig', value: found };
  };
}
