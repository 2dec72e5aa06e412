import { create } from '@bufbuild/protobuf';
import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { Listener } from '#schema/envoy/config/listener/v3/listener_pb.js';
import type { RouteConfiguration } from '#schema/envoy/config/route/v3/route_pb.js';
import { Findings, Provenance } from '../../resources/index.ts';
import { completeDump, DONE_IN_DUMPS } from './complete/complete-dump.ts';
import { DecodeContext, LimitReached, type Place } from './decode/decode-context.ts';
import { decodeMessage } from './decode/decode-message.ts';
import type { LoadedConfig, LoadOptions } from './load-config.ts';
import { finishLoading } from './load-config.ts';
import { schemaMessage } from './schema-registry.ts';
import { type DumpEntry, dumpEntries } from './source/config-dump.ts';
import { parseJson } from './source/parse-json.ts';
import type { ConfigSource, SourceNode } from './source/source-node.ts';
import { SupportJudge } from './support/judge-support.ts';

/**
 * Reads what Envoy's admin prints at `/config_dump`: its listeners with their routes put in place, and its clusters, whatever way
 * Envoy got them. Paths are JSON paths into the dump. Files that it names are not read: they are another machine's.
 */
export function loadConfigDump(source: ConfigSource, options: LoadOptions = {}): LoadedConfig {
  const provenance = new Provenance();
  const routes = new Map<string, RouteConfiguration>();
  const hooks = { judge: new SupportJudge(DONE_IN_DUMPS), completeMessage: completeDump(routes) };
  const context = new DecodeContext(new Findings(provenance), provenance, hooks);
  context.allowFor(source.text.length);
  const root = parseJson({ ...source, text: source.text.replace(/^\uFEFF/, '') }, context.findings);
  if (root === null) return finishLoading(null, context, options);
  try {
    const entries = dumpEntries(root);
    if (!entries.some(({ kind }) => kind === 'listener')) reportNoListener(root, context);
    return finishLoading(decodeDump(entries, routes, context), context, options, true);
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    context.report({ code: 'limit', message: error.message, at: error.place.at, path: error.place.path });
    return finishLoading(null, context, options);
  }
}

function decodeDump(
  entries: readonly DumpEntry[],
  routes: Map<string, RouteConfiguration>,
  context: DecodeContext,
): Bootstrap {
  for (const entry of entries.filter(({ kind }) => kind === 'route')) {
    const route = decodeEntry<RouteConfiguration>('envoy.config.route.v3.RouteConfiguration', entry, context);
    routes.set(route.name, route);
  }
  const listeners = entries.filter(({ kind }) => kind === 'listener');
  const clusters = entries.filter(({ kind }) => kind === 'cluster');
  const bootstrap = create(schemaMessage('envoy.config.bootstrap.v3.Bootstrap')) as unknown as Bootstrap;
  bootstrap.staticResources = create(schemaMessage('envoy.config.bootstrap.v3.Bootstrap.StaticResources'), {
    listeners: listeners.map((entry) =>
      decodeEntry<Listener>('envoy.config.listener.v3.Listener', entry, context),
    ),
    clusters: clusters.map((entry) =>
      decodeEntry<Cluster>('envoy.config.cluster.v3.Cluster', entry, context),
    ),
  }) as unknown as NonNullable<Bootstrap['staticResources']>;
  return bootstrap;
}

function reportNoListener(root: SourceNode, context: DecodeContext): void {
  context.report({
    code: 'emptyText',
    message: 'this is no `/config_dump` with a listener in it',
    hint: 'curl the admin port for /config_dump, without a filter',
    at: root.at,
    path: '',
  });
}

/** Clusters are for naming only: nothing connects to them, so nothing is said of how. */
function decodeEntry<T>(typeName: string, { node, path, kind }: DumpEntry, context: DecodeContext): T {
  const place: Place = { at: node.at, path, depth: 0, quiet: kind === 'cluster' };
  return decodeMessage(schemaMessage(typeName), node, place, context, '@type') as unknown as T;
}
