import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Gate } from '../../../src/server/index.ts';
import { createSelfSigned } from '../../e2e/certificates.ts';
import { TLS_INSPECTOR } from '../../e2e/tls-chain.ts';
import { askOverTls } from '../../e2e/tls-client.ts';
import { addressOf, bootstrapOf, extension, managerOf, serverTls } from '../../fixtures/envoy-config.ts';
import { startGateOf } from '../../fixtures/loaded-gate.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { portOf } from '../rehearsal/comparison.ts';

const server = await createSelfSigned('server.test');
const secured = serverTls(server);
const denied = extension('filters.http.rbac.v3.RBAC', {
  rules: {
    action: 'DENY',
    policies: {
      p: { principals: [{ any: true }], permissions: [{ requested_server_name: { exact: 'host.test' } }] },
    },
  },
});
/** Says which chain it is. */
const chain = (name: string, match: object = {}) => ({
  name,
  filter_chain_match: match,
  transport_socket: secured,
  filters: [
    managerOf({
      filters: [denied],
      routes: [{ match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: name } } }],
    }),
  ],
});

const named = chain('named', { server_names: ['host.test', 'a.test'] });
const CHAINS: Record<string, object> = {
  'one chain': { filter_chains: [chain('any')] },
  'a chain for names': { filter_chains: [named, chain('any')] },
  'a chain for names and a default': { filter_chains: [named], default_filter_chain: chain('default') },
  'a chain for TLS': { filter_chains: [chain('secure', { transport_protocol: 'tls' })] },
  'a chain for what is not TLS': { filter_chains: [chain('plain', { transport_protocol: 'raw_buffer' })] },
};
const listeners = Object.entries(CHAINS).flatMap(([name, chains]) => [
  { name, address: addressOf(), ...chains },
  { name: `${name}, inspected`, address: addressOf(), listener_filters: [TLS_INSPECTOR], ...chains },
]);

/** Status and body, or that the connection is closed. */
async function ask(port: number, serverName: string): Promise<string> {
  const { status, body } = await askOverTls(port, null, serverName);
  return `${status} ${body || 'closed'}`;
}

if (findEnvoy() !== null) {
  describe('what becomes of the server that a client names is what becomes of it in Envoy', () => {
    let envoy: EnvoyProcess;
    let gate: Gate;

    before(async () => {
      const bootstrap = bootstrapOf(listeners);
      envoy = await startEnvoy(bootstrap);
      gate = await startGateOf(bootstrap);
    });

    after(async () => {
      await gate?.close();
      await envoy?.stop();
    });

    for (const { name } of listeners) {
      it(name, async () => {
        const port = gate.listeners.find((listener) => listener.name === name)?.port as number;
        for (const said of ['host.test', 'HOST.test', 'a.test', ''])
          assert.equal(await ask(port, said), await ask(portOf(envoy, name), said), said);
      });
    }
  });
}
