import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../oracle/envoy-process.ts';
import { type Origin, type RecordedRequest, startOrigin } from '../oracle/origin.ts';
import { createExchangeCases } from './curl-gate-cases.ts';
import { renderLocalFrontProxy } from './front-proxy-config.ts';
import { findFreePort, type GateProcess, startGateProcess } from './gate-process.ts';
import { exchange, type RawResponse } from './raw-exchange.ts';
import { createTokenSigner } from './token-signer.ts';

const signer = createTokenSigner('RS256');
const cases = createExchangeCases(signer, createTokenSigner('RS256'));

/** What both must agree on: all of the response but `server` and `date`, and how long the origin took. */
function comparable(response: RawResponse | null) {
  if (response === null) return null;
  const headers = response.headers
    .filter(([name]) => name !== 'server' && name !== 'date')
    .map(([name, value]) => [name, name === 'x-envoy-upstream-service-time' ? 'TIME' : value]);
  return { ...response, headers };
}

/** What arrived at the origin; a generated request id is as good as another. */
function comparableRequests(requests: readonly RecordedRequest[]) {
  return requests.map(({ method, url, rawHeaders, body }) => ({
    method,
    url,
    rawHeaders: rawHeaders.map((text) => text.replace(/^[0-9a-f]{8}-[0-9a-f-]{27}$/, 'UUID')),
    body: body.toString('latin1'),
  }));
}

describe('the gate of the article, over a socket', () => {
  let keys: Origin;
  let origin: Origin;
  let gate: GateProcess;
  let envoy: EnvoyProcess | null = null;
  let gatePort: number;

  before(async () => {
    keys = await startOrigin((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(signer.jwks);
    });
    origin = await startOrigin();
    gatePort = await findFreePort();
    const config = (listen: number) =>
      renderLocalFrontProxy({ listen, jwks: keys.port, origin: origin.port });
    gate = await startGateProcess(config(gatePort), gatePort);
    if (findEnvoy() !== null) envoy = await startEnvoy(config(0));
  });

  after(async () => {
    await Promise.all([gate?.stop(), envoy?.stop()]);
    await Promise.all([keys?.close(), origin?.close()]);
  });

  async function ask(port: number, request: string, method: string | undefined) {
    origin.requests.length = 0;
    const response = await exchange(port, request, method);
    return { response, requests: comparableRequests(origin.requests) };
  }

  for (const { name, method, request, status, body } of cases) {
    it(`${name} gets ${status}, and all else as Envoy gives it`, async () => {
      const ours = await ask(gatePort, request, method);
      assert.equal(ours.response?.status, status);
      if (body !== undefined) assert.equal(ours.response?.body, body);
      if (envoy === null) return;
      const theirs = await ask(envoy.listeners[0]?.port ?? 0, request, method);
      assert.deepEqual(comparable(ours.response), comparable(theirs.response));
      assert.deepEqual(ours.requests, theirs.requests);
    });
  }
});
