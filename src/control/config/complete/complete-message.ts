import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { DataSource } from '#schema/envoy/config/core/v3/base_pb.js';
import type { RouteConfiguration } from '#schema/envoy/config/route/v3/route_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { CertificateValidationContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import type { DecodeContext, DecodedMessage, DecodeHooks, Place } from '../decode/decode-context.ts';
import type { SourceNode } from '../source/source-node.ts';
import { SupportJudge } from '../support/judge-support.ts';
import { completeTransportSocket } from './default-transport-socket.ts';
import { inlineDataSource, type Surroundings } from './inline-data-source.ts';
import { completeTrust } from './system-roots.ts';

const MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** What reading an Envoy bootstrap adds to plain decoding: jotgate's word on every field, and files read in. */
export class BootstrapHooks implements DecodeHooks {
  readonly #judge = new SupportJudge();
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  judgeField(
    desc: DescMessage,
    field: DescField,
    node: SourceNode,
    place: Place,
    context: DecodeContext,
  ): boolean {
    return this.#judge.judgeField(desc, field, node, place, context);
  }

  judgeType(desc: DescMessage, place: Place, context: DecodeContext): boolean {
    return this.#judge.judgeType(desc, place, context);
  }

  complete({ message, desc, place }: DecodedMessage, context: DecodeContext): void {
    if (place.quiet) return;
    switch (desc.typeName) {
      case 'envoy.config.core.v3.DataSource':
        inlineDataSource(message as unknown as DataSource, place, context, this.#surroundings);
        break;
      case 'envoy.config.cluster.v3.Cluster':
        completeTransportSocket(message as unknown as Cluster, context);
        break;
      case 'envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext':
        completeTrust(message as unknown as CertificateValidationContext);
        break;
      default:
    }
  }
}

/** What reading a dump adds: no files, and the routes that a connection manager got over the network put in their place. */
export class DumpHooks implements DecodeHooks {
  readonly #judge = new SupportJudge();
  readonly #routes: ReadonlyMap<string, RouteConfiguration>;

  constructor(routes: ReadonlyMap<string, RouteConfiguration>) {
    this.#routes = routes;
  }

  judgeField(
    desc: DescMessage,
    field: DescField,
    node: SourceNode,
    place: Place,
    context: DecodeContext,
  ): boolean {
    if (desc.typeName === MANAGER && field.name === 'rds') return true;
    return this.#judge.judgeField(desc, field, node, place, context);
  }

  judgeType(desc: DescMessage, place: Place, context: DecodeContext): boolean {
    return this.#judge.judgeType(desc, place, context);
  }

  complete({ message, desc }: DecodedMessage): void {
    if (desc.typeName !== MANAGER) return;
    const manager = message as unknown as HttpConnectionManager;
    if (manager.routeSpecifier.case !== 'rds') return;
    const routes = this.#routes.get(manager.routeSpecifier.value.routeConfigName);
    if (routes !== undefined) manager.routeSpecifier = { case: 'routeConfig', value: routes };
  }
}
