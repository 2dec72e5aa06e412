import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { describe, it } from 'node:test';
import { decodeCredential } from './decode-credential.ts';
import { createDecoy, hashPassword, verifyPassword } from './password-hash.ts';

const salt = Buffer.from('0123456789abcdef');

function credential(algorithm: string, hash: Buffer, more: object = {}) {
  const additionalParameters = {};
  return {
    type: 'password',
    secretData: JSON.stringify({ value: hash.toString('base64'), salt: salt.toString('base64') }),
    credentialData: JSON.stringify({ hashIterations: 10, algorithm, additionalParameters, ...more }),
  };
}

const argon2 = (more: object) =>
  credential('argon2', Buffer.alloc(32), {
    additionalParameters: { memory: ['64'], type: ['id'], version: ['1.3'], parallelism: ['1'], ...more },
  });

describe('stored passwords', () => {
  for (const [algorithm, digest] of [
    ['pbkdf2', 'sha1'],
    ['pbkdf2-sha256', 'sha256'],
    ['pbkdf2-sha512', 'sha512'],
  ] as const) {
    it(`${algorithm} lets the right password in and no other`, async () => {
      const stored = decodeCredential(credential(algorithm, pbkdf2Sync('right', salt, 10, 64, digest)));
      assert.ok(typeof stored === 'object');
      assert.equal(await verifyPassword(stored, 'right'), true);
      assert.equal(await verifyPassword(stored, 'wrong'), false);
    });
  }

  it('argon2 lets the right password in and no other', async () => {
    const stored = await hashPassword('right', salt);
    assert.equal(await verifyPassword(stored, 'right'), true);
    assert.equal(await verifyPassword(stored, 'right '), false);
  });

  it('a plain one is never compared as it is', async () => {
    assert.equal(await verifyPassword({ kind: 'plain', value: 'x' }, 'x'), false);
  });

  it('a decoy costs what the others cost, and no password fits', async () => {
    const stored = decodeCredential(credential('pbkdf2-sha256', Buffer.alloc(64)));
    assert.ok(typeof stored === 'object');
    const decoy = createDecoy(stored, (count) => Buffer.alloc(count, 1));
    assert.ok(decoy.kind === 'pbkdf2' && decoy.iterations === 10);
    assert.equal(await verifyPassword(decoy, ''), false);
  });

  for (const { name, given, want } of [
    { name: 'nothing in it', given: {}, want: /neither `value` nor/ },
    { name: 'no JSON', given: { secretData: '{', credentialData: '{}' }, want: /neither `value` nor/ },
    { name: 'no credentialData', given: { secretData: '{}' }, want: /no readable `credentialData`/ },
    { name: 'no salt', given: { secretData: '{"value":"eA=="}', credentialData: '{}' }, want: /in base64/ },
    {
      name: 'no iterations',
      given: credential('pbkdf2', salt, { hashIterations: 0 }),
      want: /`hashIterations` must/,
    },
    {
      name: 'iterations that hold a thread for minutes',
      given: credential('pbkdf2', salt, { hashIterations: 1e9 }),
      want: /`hashIterations` must/,
    },
    { name: 'an unknown algorithm', given: credential('md5', salt), want: /`md5` is no password algorithm/ },
    { name: 'a name from the prototype', given: credential('toString', salt), want: /no password algorithm/ },
    { name: 'argon2 of another version', given: argon2({ version: ['1.0'] }), want: /1\.3 only/ },
    { name: 'argon2 of another type', given: argon2({ type: ['x'] }), want: /no argon2 type/ },
    {
      name: 'argon2 of less memory than its lanes need',
      given: argon2({ parallelism: ['9'] }),
      want: /8 KiB/,
    },
    {
      name: 'argon2 of a short salt',
      given: { ...argon2({}), secretData: '{"value":"AAAAAAAAAAA=","salt":"AAAA"}' },
      want: /`salt` of 8 bytes/,
    },
    {
      name: 'argon2 of a short hash',
      given: { ...argon2({}), secretData: '{"value":"AAAA","salt":"AAAAAAAAAAA="}' },
      want: /`value` of 4/,
    },
    { name: 'argon2 without memory', given: argon2({ memory: [] }), want: /needs `memory`/ },
  ]) {
    it(`${name} is refused with a reason`, () => assert.match(String(decodeCredential(given)), want));
  }
});
