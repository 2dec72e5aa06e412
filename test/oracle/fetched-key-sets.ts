import { RawClient } from '../e2e/raw-exchange.ts';
import { bootstrapOf, clusterOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { type EnvoyProcess, startEnvoy } from './envoy-process.ts';
import { type Origin, startOrigin } from './origin.ts';

/** A real Envoy with one provider for each of many key sets, good or not, which it fetches when it is asked: none keeps it from starting. */
export class FetchedKeySets {
  readonly #envoy: EnvoyProcess;
  readonly #server: Origin;
  readonly #client: RawClient;

  private constructor(envoy: EnvoyProcess, server: Origin) {
    this.#envoy = envoy;
    this.#server = server;
    this.#client = new RawClient(envoy.listeners[0]?.port ?? 0);
  }

  /** @param documents as they come from the key server; the issuer of all is `i` */
  static async start(documents: readonly Buffer[]): Promise<FetchedKeySets> {
    const server = await startOrigin(({ url }, response) => response.end(documents[Number(url.slice(1))]));
    try {
      return new FetchedKeySets(await startEnvoy(bootstrap(documents.length, server.port)), server);
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** What is said of a token by the keys of one document: `OK` or Envoy's text. */
  async ask(index: number, token: string): Promise<string> {
    this.#client.send(`GET /${index} HTTP/1.1\r\nhost: h\r\nx-token: ${token}\r\n\r\n`);
    return (await this.#client.response())?.body ?? 'no answer';
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.#envoy.stop();
    await this.#server.close();
  }
}

function bootstrap(count: number, keyPort: number): string {
  const indices = Array.from({ length: count }, (_, index) => index);
  const providers = indices.map((index) => {
    const http_uri = { uri: `http://keys.test/${index}`, cluster: 'keys', timeout: '5s' };
    return [`p${index}`, { issuer: 'i', from_headers: [{ name: 'x-token' }], remote_jwks: { http_uri } }];
  });
  const rules = indices.map((index) => ({
    match: { path: `/${index}` },
    requires: { provider_name: `p${index}` },
  }));
  const jwt = extension('filters.http.jwt_authn.v3.JwtAuthentication', {
    providers: Object.fromEntries(providers),
    rules,
  });
  const routes = [
    { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'OK' } } },
  ];
  const listener = listenerOf('key-sets', [managerOf({ routes, filters: [jwt] })]);
  return bootstrapOf([listener], [clusterOf('keys', keyPort)]);
}
