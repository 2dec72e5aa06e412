import assert from 'node:assert/strict';
import { it } from 'node:test';
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

/** A request, and what is to become of it. */
export interface CustomRow {
  name: string;
  path: string;
  headers?: Record<string, string>;
  /** Of a POST; without one it is a GET. */
  body?: string;
  want: {
    status: number;
    body: string;
    /** The path that the authorizer is asked about; null: it is not asked. */
    asked: string | null;
    /** The body that it is told. Default: not looked at. */
    told?: string;
    /** The authorizer's header as the origin sees it; null: nothing comes there. */
    forwarded: string | null;
  };
}

/** What an authorizer was asked. */
export interface Asked {
  path: string;
  body: string;
}

/** The authorizer's reply to a request without `x-ext-authz: allow`. */
export const DENIED = 'denied by the sample';

/** What holds whatever the authorizer speaks. */
export const CUSTOM_ROWS: readonly CustomRow[] = [
  {
    name: 'a path that no CUSTOM policy names is not asked about',
    path: '/free',
    want: { status: 200, body: 'origin\n', asked: null, forwarded: '' },
  },
  {
    name: 'what the authorizer allows goes on, with its headers',
    path: '/ask/a?b',
    headers: { 'x-ext-authz': 'allow' },
    want: { status: 200, body: 'origin\n', asked: '/ask/a?b', forwarded: 'allowed' },
  },
  {
    name: 'what it denies gets its reply',
    path: '/ask',
    want: { status: 403, body: DENIED, asked: '/ask', forwarded: null },
  },
];

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

  /** @param takeAsked what the authorizer was asked since it was looked at last */
  async play(
    proxy: Gate | EnvoyProcess,
    { path, headers = {}, body: sent, want }: CustomRow,
    takeAsked: () => readonly Asked[],
  ): Promise<void> {
    const reply = await fetch(`http://127.0.0.1:${proxy.listeners[0]?.port}${path}`, {
      headers,
      ...(sent === undefined ? {} : { method: 'POST', body: sent }),
    });
    const { status } = reply;
    const body = await reply.text();
    const [asked] = takeAsked();
    const [forwarded] = this.#origin.requests.splice(0);
    const said = forwarded === undefined ? null : String(forwarded.headers[RESULT] ?? '');
    const told = want.told === undefined ? {} : { told: asked?.body };
    assert.deepEqual({ status, body, asked: asked?.path ?? null, ...told, forwarded: said }, want);
    if (forwarded !== undefined) assert.equal(forwarded.body.toString(), sent ?? '');
    if (body === DENIED) assert.equal(reply.headers.get(RESULT), 'denied');
  }

  async close(): Promise<void> {
    await this.gate.close();
    await this.envoy?.stop();
    await this.#origin.close();
  }
}

/** Tests each row on the gate, and on Envoy where there is one. @param sceneOf the scene, once it has been started */
export function itPlays(
  rows: readonly CustomRow[],
  sceneOf: () => CustomScene,
  takeAsked: () => readonly Asked[],
): void {
  for (const row of rows) {
    it(row.name, () => sceneOf().play(sceneOf().gate, row, takeAsked));
    if (findEnvoy() !== null)
      it(`${row.name}, as in Envoy`, async () => {
        const { envoy } = sceneOf();
        assert.ok(envoy);
        await sceneOf().play(envoy, row, takeAsked);
      });
  }
}
