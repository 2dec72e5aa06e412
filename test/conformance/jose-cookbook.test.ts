import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { judgeJws } from '../../src/cli/commands/jws.ts';
import { type JsonObject, parseJwks, parseJws, parseToken, STATUS } from '../../src/core/jwt/index.ts';
import { nodeCrypto } from '../../src/platform/index.ts';
import { conformanceFolder } from './conformance-data.ts';
import { readCookbook } from './jose-vectors.ts';

const folder = conformanceFolder('jose') ?? '';
const skip = folder === '';
const setOf = (key: JsonObject) => parseJwks(JSON.stringify({ keys: [key] }), nodeCrypto);

describe('RFC cookbook: compact signatures verify', { skip }, () => {
  const files = [
    'jws/4_1.rsa_v15_signature.json',
    'jws/4_2.rsa-pss_signature.json',
    'jws/4_3.ecdsa_signature.json',
    'jws/4_4.hmac-sha2_integrity_protection.json',
    'curve25519/jws.json',
  ];
  for (const file of skip ? [] : files) {
    const { title, input, output } = readCookbook(folder, file);
    const keySet = setOf(input.key ?? {});
    it(title, () => {
      const compact = output.compact ?? '';
      assert.equal(judgeJws(compact, keySet), STATUS.ok);
      const jws = parseJws(compact);
      assert.ok(typeof jws !== 'number');
      assert.equal(Buffer.from(jws.payload).toString(), input.payload);
    });
    it(`${title}: no form but the compact one is a token`, () => {
      for (const form of [output.json, output.json_flat]) {
        const text = JSON.stringify(form);
        assert.notEqual(judgeJws(text, keySet), STATUS.ok);
        assert.equal(typeof parseToken(text), 'number');
      }
    });
  }
});

describe('RFC cookbook: other forms are refused', { skip }, () => {
  const files = [
    'jws/4_5.signature_with_detached_content.json',
    'jws/4_6.protecting_specific_header_fields.json',
    'jws/4_7.protecting_content_only.json',
    'rfc7797/4.2.hmac-sha2_b64_false.json',
    'rfc7797/hmac-sha2_b64_false.json',
  ];
  for (const file of skip ? [] : files) {
    const { title, input, output } = readCookbook(folder, file);
    it(title, () => {
      const forms = [output.compact, JSON.stringify(output.json), JSON.stringify(output.json_flat)];
      for (const form of forms.filter((text) => text !== undefined)) {
        assert.notEqual(judgeJws(form, setOf(input.key ?? {})), STATUS.ok);
      }
    });
  }
  it('Multiple Signatures', { skip }, () => {
    const { output } = readCookbook(folder, 'jws/4_8.multiple_signatures.json');
    assert.equal(typeof parseJws(JSON.stringify(output.json)), 'number');
  });
});

describe('RFC cookbook: keys', { skip }, () => {
  const read = (file: string): JsonObject =>
    JSON.parse(readFileSync(join(folder, 'cookbook', 'jwk', file), 'utf8')) as JsonObject;
  const good = [
    '3_1.ec_public_key',
    '3_2.ec_private_key',
    '3_3.rsa_public_key',
    '3_4.rsa_private_key',
    '3_5.symmetric_key_mac_computation',
  ];
  for (const name of skip ? [] : good) {
    it(`${name} verifies`, () => {
      const keySet = setOf(read(`${name}.json`));
      assert.ok(typeof keySet !== 'number');
      assert.equal(keySet.keys[0]?.refusal, null);
    });
  }
  it('public and private half have one thumbprint', () => {
    for (const [one, other] of [
      ['3_1.ec_public_key', '3_2.ec_private_key'],
      ['3_3.rsa_public_key', '3_4.rsa_private_key'],
    ]) {
      const thumbprints = [one, other].map((name) => {
        const keySet = setOf(read(`${name}.json`));
        return typeof keySet === 'number' ? keySet : keySet.keys[0]?.thumbprint;
      });
      assert.equal(thumbprints[0], thumbprints[1]);
    }
  });
  it('3_6, a key for encryption, is no key for signatures', () => {
    assert.equal(setOf(read('3_6.symmetric_key_encryption.json')), STATUS.jwksOctBadAlg);
  });
});
