import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { runCli } from './fixtures/collecting-io.ts';
import { schemaMisfits } from './fixtures/json-schema.ts';

const root = join(import.meta.dirname, '..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const schemaOf = async (what: string) => JSON.parse((await runCli(['schema', what])).out);

describe('jotgate schema', () => {
  it("fits Envoy's files, and not one with a field that nobody knows or a bare number for a duration", async () => {
    const schema = await schemaOf('envoy');
    const good = [
      read('examples', '01-front-proxy', 'envoy-jwt.yaml'),
      read('examples', '03-trains', 'envoy-trains.yaml'),
      ...readdirSync(join(root, 'test', 'golden', 'lints'))
        .map((name) => read('test', 'golden', 'lints', name, 'good.yaml'))
        .filter((text) => !/^kind:/m.test(text)),
    ];
    for (const text of good) assert.deepEqual(schemaMisfits(parse(text), schema), []);
    const trains = good[1] as string;
    const at =
      '$.static_resources.listeners[0].filter_chains[0].filters[0].typed_config.http_filters[0].typed_config';
    assert.deepEqual(schemaMisfits(parse(trains.replace('audiences:', 'audience:')), schema), [
      `${at}.providers.funnel.audience: unknown`,
    ]);
    assert.equal(schemaMisfits(parse(trains.replace('timeout: 1s', 'timeout: 1')), schema).length, 1);
  });
  it("fits Istio's objects, and not one with a field that nobody knows", async () => {
    const schema = await schemaOf('istio');
    const text = read('examples', '02-istio-jwt', 'istio.yaml');
    const misfits = (yaml: string) =>
      parseAllDocuments(yaml).flatMap((document) => schemaMisfits(document.toJS(), schema));
    assert.deepEqual(misfits(text), []);
    assert.deepEqual(misfits(text.replace('methods:', 'method:')), [
      '$.spec.rules[0].to[0].operation.method: unknown',
    ]);
  });
  it('knows no other', async () => assert.equal((await runCli(['schema', 'nginx'])).exitCode, 2));
});
