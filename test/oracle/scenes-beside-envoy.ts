import assert from 'node:assert/strict';
import { ManualClock } from '../../src/base/index.ts';
import type { CompiledSnapshot } from '../../src/proxy/rehearsal/index.ts';
import { GateBesideEnvoy } from './gate-beside-envoy.ts';
import { startRawOrigin } from './origin.ts';
import { answerConnection, askRehearsal, compileScenes } from './rehearsal/comparison.ts';
import { bootstrapOf, type Case, type Scene } from './rehearsal/scene.ts';

export interface SceneClusters {
  /** Ports of more clusters, by name. */
  ports?: Readonly<Record<string, number>>;
  /** Still more, which may go to the origin. */
  clustersOf?: (originPort: number) => readonly object[];
}

/** Scenes on a real Envoy, on a gate, and rehearsed. */
export class ScenesBesideEnvoy {
  readonly both: GateBesideEnvoy;
  readonly #compiled: CompiledSnapshot;
  readonly #clock: ManualClock;

  private constructor(both: GateBesideEnvoy, compiled: CompiledSnapshot, clock: ManualClock) {
    this.both = both;
    this.#compiled = compiled;
    this.#clock = clock;
  }

  static async start(scenes: readonly Scene[], more: SceneClusters = {}): Promise<ScenesBesideEnvoy> {
    const { ports = {}, clustersOf = () => [] } = more;
    const origin = await startRawOrigin(answerConnection);
    const bootstrap = bootstrapOf(scenes, origin.port, ports, clustersOf(origin.port));
    const clock = new ManualClock(Date.now());
    const { compiled, errors } = compileScenes(bootstrap, clock);
    if (errors.length > 0) await origin.close();
    assert.deepEqual(errors, []);
    return new ScenesBesideEnvoy(await GateBesideEnvoy.start(bootstrap, origin), compiled, clock);
  }

  /** Asks all three; the rehearsal now, for tokens expire, and only where it can know the answer. */
  async compare({ scene, request, rehearsed = true }: Case): Promise<void> {
    const want = await this.both.compare(scene, request);
    if (!rehearsed) return;
    this.#clock.set(Date.now());
    const port = this.both.portOf(scene);
    assert.deepEqual(await askRehearsal(this.#compiled, scene, request, this.#clock, port), want);
  }

  close(): Promise<void> {
    return this.both.close();
  }
}
