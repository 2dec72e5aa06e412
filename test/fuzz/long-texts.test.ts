import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { silentLogger } from '../../src/base/index.ts';
import { parseNumber } from '../../src/base/parse-number.ts';
import { redactTokens } from '../../src/core/match/redact-tokens.ts';
import { buildMessage } from '../../src/core/rbac/build-message.ts';
import { convertToDouble } from '../../src/core/rbac/expression-conversions.ts';
import { equal } from '../../src/core/rbac/expression-equality.ts';
import { STRING_FUNCTIONS } from '../../src/core/rbac/expression-strings.ts';
import { FAULT } from '../../src/core/rbac/expression-value.ts';
import { convertToDuration } from '../../src/core/rbac/parse-time.ts';
import { canonicalPath } from '../../src/proxy/http/canonical-path.ts';
import { buildRequestHead, ClaimRedactor } from '../../src/proxy/rehearsal/index.ts';
import { Findings } from '../../src/resources/index.ts';
import { ControlClusters } from '../../src/server/control-clusters.ts';
import { DiscoveringKeys } from '../../src/server/discovering-keys.ts';
import { evaluationOf } from '../fixtures/cel-expression.ts';

const LENGTH = 1_000_000;
const long = (char: string) => char.repeat(LENGTH);

/** Each takes hours where a pattern tries every place of the text anew. */
describe('a text of a million characters is read to its end', () => {
  const words = (text: string) => ({
    method: 'GET',
    scheme: 'http' as const,
    authority: 'h',
    path: '/',
    headers: [['x', text]] as const,
  });

  it('where tokens are looked for', () => {
    assert.equal(redactTokens(long('a')), long('a'));
    assert.equal(redactTokens(`${long('a')}.`), `${long('a')}.`);
  });

  it('where claims are', () => {
    const redactor = new ClaimRedactor(
      { listeners: [], clusters: [], bootstrap: create(BootstrapSchema) },
      words(long('a')),
    );
    assert.equal(redactor.redactText('a "b"'), 'a "b"');
  });

  it('where blanks around a header value go', () => {
    const value = `a${long(' ')}b`;
    assert.equal(buildRequestHead(words(` ${value} \t`)).headers.get('x'), value);
  });

  it('where a number is read out of it', () => {
    assert.equal(parseNumber(` ${long(' ')}1${long(' ')}`), 1);
    assert.equal(parseNumber(`1${long(' ')}x`), undefined);
  });

  it('where a path is made canonical', () => {
    assert.equal(canonicalPath(`/${long('"')}`), `/${'%22'.repeat(LENGTH)}`);
    assert.equal(canonicalPath(`/${long('./')}`), '/');
    assert.equal(canonicalPath(`/${long('a/../')}`), '/');
  });

  it('where an expression trims, searches or converts it', () => {
    const value = `a${long(' ')}b`;
    assert.equal(STRING_FUNCTIONS['trim/1']?.([` ${value} `], evaluationOf()), value);
    const half = `${'a'.repeat(LENGTH / 2)}b`;
    for (const name of ['indexOf/2', 'lastIndexOf/2']) {
      assert.equal(STRING_FUNCTIONS[name]?.([long('a'), half], evaluationOf()), -1n);
    }
    assert.equal(convertToDouble(`${long('1')}x`), FAULT);
    assert.equal(convertToDouble(`0x${long('1')}x`), FAULT);
    assert.equal(convertToDuration(`${long('1')}x`), FAULT);
  });

  it('where an expression makes a message of its characters', () => {
    const members = [...long('a')];
    const values = { kind: 'value', form: 'list' } as const;
    const built = buildMessage('google.protobuf.ListValue', [['values', values, members]]);
    assert.equal(equal(built, members, { hasDoubt: false }), true);
  });

  it('where an issuer names itself', async () => {
    const text = JSON.stringify({ issuer: `${long('/')}x`, jwks_uri: 'http://h/' });
    const options = { findings: new Findings(), connectTo: [], extraRoots: [], logger: silentLogger };
    const clusters = new ControlClusters([], options);
    const keys = new DiscoveringKeys({ fetch: async () => text }, clusters, silentLogger);
    const backOffMs = { base: 1, max: 1 };
    const cluster = 'discovery|h';
    const request = { provider: 'p', uri: 'http://i/', cluster, timeoutMs: 1, retries: 0, backOffMs };
    assert.equal(await keys.fetch(request), null);
    clusters.close();
  });
});
