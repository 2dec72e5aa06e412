import assert from 'node:assert/strict';
import { ejectBootstrap, loadIstio, parseMesh } from '../../src/control/istio/index.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../oracle/envoy-process.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';

export interface CustomSceneOptions {
  /** Port of loopback that the authorizer listens at. */
  authorizerPort: number;
  protocol: 'HTTP' | 'GRPC';
  /** The provider's kind and settings, one line of YAML. */
  provider: string;
  /** Policies besides. */
  more?: string;
}

/** What a client got, and what of it came to the origin: the authorizer's header there; null where nothing did. */
export interface CustomReply {
  status: number;
  body: string;
  result: string | null;
  forwarded: string | null;
  forwardedBody: string | null;
}

const RESULT = 'x-ext-authz-check-result';

const manifests = ({
  authorizerPort,
  protocol,
  more = '',
}: CustomSceneOptions) => `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: authz, namespace: foo }
spec:
  hosts: [authz.test]
  ports: [{ number: 8000, name: authz, protocol: ${protocol} }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1, ports: { authz: ${authorizerPort} } }]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ask, namespace: foo }
spec:
  action: CUSTOM
  provider: { name: sample }
  rules: [{ to: [{ operation: { paths: ["/ask*"] } }] }]
${more}`;

/** A gate, and a real Envoy where there is one, that ask an authorizer about `/ask*` before they forward to an origin. */
export class CustomScene {
  readonly gate: Gate;
  envoy: EnvoyProcess | null = null;
  readonly #origin: Origin;

  private constructor(gate: Gate, origin: Origin) {
    this.gate = gate;
    this.#origin = origin;
  }

  static async start(options: CustomSceneOptions): Promise<CustomScene> {
    const origin = await startOrigin();
    const text = `extensionProviders:\n- { name: sample, ${options.provider} }\n`;
    const { mesh } = parseMesh({ name: 'mesh.yaml', text });
    const load = (forEnvoy: boolean) => {
      const { snapshot, provenance, findings } = loadIstio(
        [{ name: 'istio.yaml', text: manifests(options) }],
        {
          upstream: `http://127.0.0.1:${origin.port}`,
          listen: { address: '127.0.0.1', port: 0 },
          mesh: mesh ?? undefined,
          forEnvoy,
        },
      );
      assert.ok(snapshot, findings.list.map(({ message }) => message).join('\n'));
      return { snapshot, provenance };
    };
    const gate = await startGate({ ...load(false), admin: false });
    const scene = new CustomScene(gate, origin);
    if (findEnvoy() !== null) scene.envoy = await startEnvoy(ejectBootstrap(load(true).snapshot));
    return scene;
  }

  /** @param sent the body of a POST; without one it is a GET */
  async ask(
    proxy: Gate | EnvoyProcess,
    path: string,
    headers: Record<string, string>,
    sent?: string,
  ): Promise<CustomReply> {
    this.#origin.requests.length = 0;
    const reply = await fetch(`http://127.0.0.1:${proxy.listeners[0]?.port}${path}`, {
      headers,
      ...(sent === undefined ? {} : { method: 'POST', body: sent }),
    });
    const body = await reply.text();
    const [forwarded] = this.#origin.requests;
    return {
      status: reply.status,
      body,
      result: reply.headers.get(RESULT),
      forwarded: forwarded === undefined ? null : String(forwarded.headers[RESULT] ?? ''),
      forwardedBody: forwarded?.body.toString() ?? null,
    };
  }

  async close(): Promise<void> {
    await this.gate.close();
    await this.envoy?.stop();
    await this.#origin.close();
  }
}
