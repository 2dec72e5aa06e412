import type { Logger } from '../base/index.ts';
import type { JwksFetcher, JwksRequest } from '../proxy/rehearsal/index.ts';
import type { ControlClusters } from './control-clusters.ts';
import { shownUri } from './shown-uri.ts';

/** Control names the cluster of an issuer's discovery document so (control/istio: direct-jwks). */
const DISCOVERY_CLUSTER = 'discovery|';

/**
 * Fetches keys by OpenID Connect Discovery where the request's cluster says so: the document at the address names the key set's own
 * (OpenID Connect Discovery 1.0 §4), anew with every fetch. Any failure is a fetch that failed: no key is ever made up.
 */
export class DiscoveringKeys implements JwksFetcher {
  readonly #keys: JwksFetcher;
  readonly #clusters: ControlClusters;
  readonly #logger: Logger;

  constructor(keys: JwksFetcher, clusters: ControlClusters, logger: Logger) {
    this.#keys = keys;
    this.#clusters = clusters;
    this.#logger = logger;
  }

  async fetch(request: JwksRequest): Promise<string | null> {
    const text = await this.#keys.fetch(request);
    if (text === null || !request.cluster.startsWith(DISCOVERY_CLUSTER)) return text;
    const uri = parseDiscovery(text);
    const cluster = uri === null ? null : await this.#clusterFor(uri);
    if (uri !== null && cluster !== null) return this.#keys.fetch({ ...request, uri, cluster });
    const reason = uri === null ? 'it names no `jwks_uri`' : 'its `jwks_uri` names no host';
    this.#logger.warn(`no keys by ${shownUri(request.uri)}`, { cluster: request.cluster, reason });
    return null;
  }

  async #clusterFor(uri: string): Promise<string | null> {
    const { buildKeyCluster } = await import('../control/istio/index.ts');
    const cluster = buildKeyCluster(uri);
    if (cluster === null) return null;
    if (!this.#clusters.byName.has(cluster.name)) await this.#clusters.add(cluster);
    return cluster.name;
  }
}

/** The `jwks_uri` of a discovery document; null where it has none. */
function parseDiscovery(text: string): string | null {
  try {
    const uri = (JSON.parse(text) as { jwks_uri?: unknown } | null)?.jwks_uri;
    return typeof uri === 'string' && uri !== '' ? uri : null;
  } catch {
    return null;
  }
}
