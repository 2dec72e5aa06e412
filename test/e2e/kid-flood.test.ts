import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { Gate } from '../../src/server/index.ts';
import { bootstrapOf, clusterOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { encodePart, rawToken, testJwk } from '../fixtures/raw-token.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { RawClient } from './raw-exchange.ts';

const KIDS = 10_000;
const CONNECTIONS = 200;
/** As many as may wait for one fetch. */
const WAITING = 100;
const PROVIDERS = ['a', 'b'];

const oldKey = testJwk('ES256', { kid: 'old' });
const newKey = testJwk('EdDSA', { kid: 'new' });
const tokenOf = (iss: string, kid: string) =>
  kid === 'old'
    ? rawToken({ alg: 'ES256', kid }, { iss }, 'ES256')
    : rawToken({ alg: 'EdDSA', kid }, { iss }, 'EdDSA');

/** Nobody's signature, as a flood has it: a good half of them with more that is wrong. */
function madeUp(iss: string, index: number): string {
  const kid = `${iss}${index}-${Math.random()}`;
  const flaws: object[] = [{}, {}, { iss: 'o' }, { exp: 1 }, { nbf: 4e9 }];
  const alg = index % 7 === 0 ? 'RS512' : 'ES256';
  const claims = { iss, ...flaws[index % flaws.length] };
  return `${encodePart({ alg, kid })}.${encodePart(claims)}.${'A'.repeat(86)}`;
}

/** A key server that answers the first fetch of each set, and later ones when it is told to. */
class SlowKeyServer {
  keys = [oldKey];
  readonly fetches: string[] = [];
  readonly #held: ServerResponse[] = [];
  origin: Origin | null = null;

  async start(): Promise<number> {
    this.origin = await startOrigin(({ url }, response) => {
      const isFirst = !this.fetches.includes(url);
      this.fetches.push(url);
      if (isFirst) this.#answer(response);
      else this.#held.push(response);
    });
    return this.origin.port;
  }

  release(): void {
    for (const response of this.#held.splice(0)) this.#answer(response);
  }

  #answer(response: ServerResponse): void {
    response.end(JSON.stringify({ keys: this.keys }));
  }
}

function configOf(keyPort: number): string {
  const providers = PROVIDERS.map((issuer) => {
    const http_uri = { uri: `http://keys/${issuer}`, cluster: 'keys', timeout: '60s' };
    return [issuer, { issuer, from_headers: [{ name: 'x-token' }], remote_jwks: { http_uri } }];
  });
  const jwt = extension('filters.http.jwt_authn.v3.JwtAuthentication', {
    providers: Object.fromEntries(providers),
    rules: PROVIDERS.map((name) => ({
      match: { prefix: `/${name}` },
      requires: { provider_name: name },
    })),
  });
  return bootstrapOf([listenerOf('gate', [managerOf({ filters: [jwt] })])], [clusterOf('keys', keyPort)]);
}

describe(`a flood of ${KIDS} made-up kids for each of two providers`, () => {
  const server = new SlowKeyServer();
  const clients: RawClient[] = [];
  let gate: Gate;
  let port = 0;

  before(async () => {
    gate = await startGateOf(configOf(await server.start()));
    port = gate.listeners[0]?.port ?? 0;
  });
  after(async () => {
    for (const client of clients) client.close();
    await gate?.close();
    await server.origin?.close();
  });

  const connect = () => {
    const client = new RawClient(port);
    clients.push(client);
    return client;
  };
  async function ask(client: RawClient, provider: string, token: string): Promise<number | undefined> {
    client.send(`GET /${provider} HTTP/1.1\r\nhost: h\r\nx-token: ${token}\r\n\r\n`);
    return (await client.response('GET', 60_000))?.status;
  }

  /** Asks with all of them; those that wait hold their connection, so that the others take over what it would have asked. */
  function flood(provider: string): { answered(): number; ended: Promise<unknown[]> } {
    let [next, answered] = [0, 0];
    const work = async () => {
      const client = connect();
      while (next < KIDS) {
        assert.equal(await ask(client, provider, madeUp(provider, next++)), 401);
        answered++;
      }
    };
    return { answered: () => answered, ended: Promise.all(Array.from({ length: CONNECTIONS }, work)) };
  }

  it('has each set fetched once more, and honest tokens are answered while that fetch hangs', async () => {
    const honest = connect();
    for (const provider of PROVIDERS)
      assert.equal(await ask(honest, provider, tokenOf(provider, 'old')), 200);
    const floods = PROVIDERS.map(flood);
    while (floods.some(({ answered }) => answered() < KIDS - WAITING)) {
      for (const provider of PROVIDERS) {
        assert.equal(await ask(honest, provider, tokenOf(provider, 'old')), 200);
      }
    }
    assert.deepEqual(server.fetches.toSorted(), ['/a', '/a', '/b', '/b']);
    assert.equal(await ask(honest, 'a', tokenOf('a', 'new')), 401);
    server.keys = [oldKey, newKey];
    server.release();
    await Promise.all(floods.map(({ ended }) => ended));
    for (const provider of PROVIDERS) {
      assert.equal(await ask(honest, provider, tokenOf(provider, 'new')), 200);
      assert.equal(await ask(honest, provider, tokenOf(provider, 'old')), 200);
    }
    assert.equal(server.fetches.length, 4);
  });
});
