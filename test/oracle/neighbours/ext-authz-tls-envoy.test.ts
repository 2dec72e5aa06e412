import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { type CertifiedKey, createDevelopmentAuthority } from '../../../src/platform/index.ts';
import type { Gate } from '../../../src/server/index.ts';
import { createSelfSigned } from '../../e2e/certificates.ts';
import { askOverTls } from '../../e2e/tls-client.ts';
import {
  bootstrapOf,
  clusterOf,
  extension,
  listenerOf,
  managerOf,
  serverTls,
  typed,
} from '../../fixtures/envoy-config.ts';
import { answer, frameOf, type GrpcAuthorizer, startGrpcAuthorizer } from '../../fixtures/grpc-authorizer.ts';
import { startGateOf } from '../../fixtures/loaded-gate.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { portOf } from '../rehearsal/comparison.ts';

const OPTIONS = 'upstreams.http.v3.HttpProtocolOptions';
const SERVERS = ['names', 'bare', 'unproven'] as const;

/** A listener for each server certificate; the one called `unproven` asks a service that its cluster does not trust. */
function configOf(servers: readonly CertifiedKey[], clients: string, port: number, roots: string): string {
  const listeners = SERVERS.map((name, index) => {
    const authz = {
      grpc_service: {
        envoy_grpc: { cluster_name: name === 'unproven' ? 'unproven' : 'proven' },
        timeout: '5s',
      },
      include_peer_certificate: true,
      include_tls_session: true,
    };
    const secured = serverTls(servers[index] as CertifiedKey, { clientRoots: clients });
    const chain = { transport_socket: secured };
    const filters = [extension('filters.http.ext_authz.v3.ExtAuthz', authz)];
    return listenerOf(name, [managerOf({ filters })], chain);
  });
  const clusters = ['proven', 'unproven'].map((name) => {
    const names = [{ san_type: 'DNS', matcher: { exact: name === 'proven' ? 'authz.test' : 'other.test' } }];
    const validation_context = { trusted_ca: { inline_string: roots }, match_typed_subject_alt_names: names };
    return clusterOf(name, port, {
      transport_socket: extension('transport_sockets.tls.v3.UpstreamTlsContext', {
        sni: 'authz.test',
        common_tls_context: { validation_context },
      }),
      typed_extension_protocol_options: {
        [`envoy.extensions.${OPTIONS}`]: typed(OPTIONS, {
          explicit_http_config: { http2_protocol_options: {} },
        }),
      },
    });
  });
  return bootstrapOf(listeners, clusters);
}

/** The status that a client gets. */
const ask = async (port: number, client: CertifiedKey | null, serverName: string) =>
  (await askOverTls(port, client, serverName)).status;

if (findEnvoy() !== null) {
  describe('a gRPC service is asked over TLS, and told of certificates, as by Envoy', () => {
    let service: GrpcAuthorizer;
    let envoy: EnvoyProcess;
    let gate: Gate;
    const clients: Record<string, CertifiedKey | null> = { none: null };

    before(async () => {
      const authority = await createDevelopmentAuthority('authorizer tests');
      const { certificate: cert, privateKey: key } = await authority.issue({ names: ['authz.test'] });
      service = await startGrpcAuthorizer((_, stream) => answer(stream, frameOf(Buffer.alloc(0))), {
        cert,
        key,
      });
      clients['uri'] = await createSelfSigned('c1', [
        { type: 'dns', value: 'x.test' },
        { type: 'url', value: 'spiffe://client' },
      ]);
      clients['dns'] = await createSelfSigned('c2', [{ type: 'dns', value: 'y.test' }]);
      clients['subject'] = await createSelfSigned('c3', []);
      const servers = await Promise.all([
        createSelfSigned('s1', [{ type: 'url', value: 'spiffe://gate' }]),
        createSelfSigned('s2', []),
        createSelfSigned('s3', []),
      ]);
      const trusted = Object.values(clients).map((client) => client?.certificate ?? '');
      const bootstrap = configOf(servers, trusted.join('\n'), service.port, authority.certificate);
      envoy = await startEnvoy(bootstrap);
      gate = await startGateOf(bootstrap);
    });

    after(async () => {
      await gate?.close();
      await envoy?.stop();
      await service?.close();
    });

    const seen = () =>
      service.questions.splice(0).map(({ headers, check }) => {
        const { source, destination, tlsSession } = check['attributes'] as Record<string, JsonObject>;
        const who = (peer: JsonObject | undefined) => [peer?.['principal'], peer?.['certificate']];
        return [headers[':scheme'], who(source), who(destination), tlsSession];
      });

    for (const name of SERVERS) {
      it(name, async () => {
        const port = gate.listeners.find((listener) => listener.name === name)?.port as number;
        for (const [shown, client] of Object.entries(clients)) {
          for (const sni of ['', 'gate.test']) {
            const want = [await ask(portOf(envoy, name), client, sni), ...seen()];
            assert.deepEqual([await ask(port, client, sni), ...seen()], want, `${shown} ${sni}`);
          }
        }
      });
    }
  });
}
