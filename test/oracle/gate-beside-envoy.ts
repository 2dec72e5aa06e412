import assert from 'node:assert/strict';
import { SharedClock } from '../../src/platform/index.ts';
import type { Gate } from '../../src/server/index.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { type EnvoyProcess, startEnvoy } from './envoy-process.ts';
import { counted, shown } from './neighbours/compare.ts';
import type { RawOrigin } from './origin.ts';
import { type Answer, askGate, exchangeWith, portOf } from './rehearsal/comparison.ts';
import type { SceneRequest } from './rehearsal/scene.ts';

/** A real Envoy and a gate of one configuration before one origin. */
export class GateBesideEnvoy {
  readonly gate: Gate;
  readonly envoy: EnvoyProcess;
  readonly #origin: RawOrigin;

  private constructor(gate: Gate, envoy: EnvoyProcess, origin: RawOrigin) {
    this.gate = gate;
    this.envoy = envoy;
    this.#origin = origin;
  }

  /** @param origin is closed with them */
  static async start(bootstrap: string, origin: RawOrigin): Promise<GateBesideEnvoy> {
    let gate: Gate | null = null;
    try {
      gate = await startGateOf(bootstrap, { clock: new SharedClock() });
      return new GateBesideEnvoy(gate, await startEnvoy(bootstrap), origin);
    } catch (error) {
      await gate?.close();
      await origin.close();
      throw error;
    }
  }

  /** What one of them answers, or both, each after the other. */
  async ask(side: 'envoy' | 'gate', scene: string, request: SceneRequest): Promise<Answer> {
    const port = side === 'envoy' ? portOf(this.envoy, scene) : this.portOf(scene);
    return askGate(port, request, this.#origin.connections);
  }

  /** Where a listener of the gate is. */
  portOf(scene: string): number {
    return this.gate.listeners.find(({ name }) => name === scene)?.port as number;
  }

  /**
   * Asks both and holds their answers against each other.
   * @param seen what else both have to have in common, of a listener at that port
   * @returns the answer of both
   */
  async compare(scene: string, request: SceneRequest, seen: (port: number) => unknown = () => null) {
    const [theirs, ours] = [portOf(this.envoy, scene), this.portOf(scene)];
    const want = await exchangeWith(theirs, request, this.#origin.connections);
    const wantSeen = seen(theirs);
    const got = await exchangeWith(ours, request, this.#origin.connections);
    assert.deepEqual(got.answer, want.answer);
    assert.deepEqual(shown(got.headers).sort(), shown(want.headers).sort());
    assert.deepEqual(seen(ours), wantSeen);
    return want.answer;
  }

  async compareCounters(): Promise<void> {
    assert.deepEqual(counted(this.gate.stats()), counted(await this.envoy.stats()));
  }

  async close(): Promise<void> {
    await this.gate.close();
    await this.envoy.stop();
    await this.#origin.close();
  }
}
