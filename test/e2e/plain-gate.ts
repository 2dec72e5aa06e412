import type { Gate } from '../../src/server/index.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';

export interface PlainGateOptions {
  originPort: number;
  /** More of the connection manager, YAML in flow style: `stream_idle_timeout: 1s`. */
  manager?: string;
  /** More of the route to the origin. */
  route?: string;
  /** More of the cluster. */
  cluster?: string;
}

/** A gate without filters, in this process, on a free port: everything goes to one origin but `/direct`. */
export async function startPlainGate(options: PlainGateOptions): Promise<Gate & { port: number }> {
  const gate = await startGateOf(renderConfig(options));
  return Object.assign(gate, { port: gate.listeners[0]?.port ?? 0 });
}

export function renderConfig({ originPort, manager, route, cluster }: PlainGateOptions): string {
  return `
static_resources:
  listeners:
  - name: plain
    address: {socket_address: {address: 127.0.0.1, port_value: 0}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: test
${(manager ?? '').replaceAll(/^/gm, '          ')}
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - {match: {path: /direct}, direct_response: {status: 200, body: {inline_string: hello}}}
              - {match: {path: /direct204}, direct_response: {status: 204, body: {inline_string: hello}}}
              - {match: {path: /direct304}, direct_response: {status: 304, body: {inline_string: hello}}}
              - {match: {prefix: /}, route: {cluster: origin${route === undefined ? '' : `, ${route}`}}}
          http_filters:
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  clusters:
  - name: origin
    connect_timeout: 1s
${(cluster ?? '').replaceAll(/^/gm, '    ')}
    load_assignment:
      cluster_name: origin
      endpoints:
      - lb_endpoints:
        - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: ${originPort}}}}
`;
}

/** One counter or gauge of a gate. */
export function statOf(gate: Gate, name: string): number | undefined {
  return gate.stats().find(([one]) => one === name)?.[1];
}
