import { RawClient } from '../../test/e2e/raw-exchange.ts';
import { bootstrapOf } from '../../test/fixtures/envoy-config.ts';
import { startEnvoy } from '../../test/oracle/envoy-process.ts';
import { readCpuUs } from '../gate/pinned-process.ts';
import { listenerOfScenario, type ScaleScenario } from './scenarios.ts';

const CONNECTIONS = 8;
const BATCH = 16;
/** Ten thousand policies take their time. */
const READY_MS = 120_000;
/** Thirty ticks of the clock that counts it. */
const STRETCH_US = 300_000;

/** An Envoy with a scenario's configuration. */
export interface EnvoyOfScenario {
  /** CPU of one request, in µs: all that Envoy does for it, sockets too. */
  measure(): Promise<number>;
  stop(): Promise<void>;
}

export async function startScenario(scenario: ScaleScenario, count: number): Promise<EnvoyOfScenario> {
  const envoy = await startEnvoy(bootstrapOf([listenerOfScenario(scenario, count)]), {
    readyTimeoutMs: READY_MS,
  });
  const words = Array.from({ length: 512 }, (_, n) => wordsOf(scenario.request(count, n)));
  const port = envoy.listeners[0]?.port as number;
  const measure = async () => {
    const clients = Array.from({ length: CONNECTIONS }, () => new RawClient(port));
    const start = readCpuUs(envoy.pid);
    let [usedUs, requests] = [0, 0];
    while (usedUs < STRETCH_US) {
      await Promise.all(clients.map((client) => send(client, words)));
      requests += CONNECTIONS * BATCH;
      usedUs = readCpuUs(envoy.pid) - start;
    }
    for (const client of clients) client.close();
    return usedUs / requests;
  };
  return { measure, stop: () => envoy.stop() };
}

const wordsOf = ({ path, headers, authority = 'h' }: ReturnType<ScaleScenario['request']>) =>
  `GET ${path} HTTP/1.1\r\nhost: ${authority}\r\n${headers.map((field) => `${field.join(': ')}\r\n`).join('')}\r\n`;

/** @throws when a request is refused, for then something else was measured */
async function send(client: RawClient, words: readonly string[]): Promise<void> {
  for (let n = 0; n < BATCH; n++) {
    const word = words[Math.floor(Math.random() * words.length)] as string;
    client.send(word);
    const response = await client.response('GET');
    if (response?.status !== 200) throw new Error(`Envoy says ${response?.status} to ${word}`);
  }
}
