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
    const document = parseDiscovery(text);
    const uri = isOf(document.issuer, request.uri) ? document.keysUri : null;
    const cluster = uri === null ? null : await this.#clusterFor(uri);
    if (uri !== null && cluster !== null) return this.#keys.fetch({ ...request, uri, cluster });
    const reason = faultOf(document, request.uri);
    this.#logger.warn(`no keys by ${shownUri(request.uri)}`, { cluster: request.cluster, reason });
    return null;
  }

  knowsCluster(name: string): boolean {
    return this.#keys.knowsCluster?.(name) !== false;
  }

  async #clusterFor(uri: string): Promise<string | null> {
    const { buildKeyCluster } = await import('../control/istio/index.ts');
    const cluster = buildKeyCluster(uri);
    if (cluster === null) return null;
    if (!this.#clusters.byName.has(cluster.name)) await this.#clusters.add(cluster);
    return cluster.name;
  }
}

function faultOf({ issuer, keysUri }: Discovery, uri: string): string {
  if (!isOf(issuer, uri)) return 'its `issuer` is another one';
  return keysUri === null ? 'it names no `jwks_uri`' : 'its `jwks_uri` names no host';
}

interface Discovery {
  /** null: it names none. */
  issuer: string | null;
  keysUri: string | null;
}

function parseDiscovery(text: string): Discovery {
  try {
    const { issuer, jwks_uri: uri } = (JSON.parse(text) ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
    return { issuer: textOrNull(issuer), keysUri: textOrNull(uri) };
  } catch {
    return { issuer: null, keysUri: null };
  }
}

const textOrNull = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

/**
 * OpenID Connect Discovery 1.0 §4.3: the issuer that a document names is the one whose address it was found at. Nothing is said by a
 * document that names none, nor by a slash at the end.
 */
function isOf(issuer: string | null, uri: string): boolean {
  const asked = uri.replace(/\/*\.well-known\/openid-configuration$/, '');
  return issuer === null || issuer.replace(/(?<!\/)\/+$/, '') === asked;
}
