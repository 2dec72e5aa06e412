import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import type { JsonName } from '@peculiar/x509';
import {
  createRsaPair,
  createSelfSigned,
  KEY_USES,
  type KeyAlgorithm,
} from '../../../test/e2e/certificates.ts';
import { toByteString } from '../../core/match/index.ts';
import { identityOf, judgeClientKey } from './peer-identity.ts';

describe('a certificate’s subject', () => {
  const table: { name: string; given: string | JsonName; want: string }[] = [
    { name: 'has the last attribute first', given: [{ O: ['Org'] }, { CN: ['a'] }], want: 'CN=a,O=Org' },
    {
      name: 'joins those of a set by a plus, the last first',
      given: [{ CN: ['a'], O: ['b'] }],
      want: 'O=b+CN=a',
    },
    { name: 'has bytes beyond ASCII in hex', given: [{ CN: ['é€'] }], want: 'CN=\\C3\\A9\\E2\\82\\AC' },
    { name: 'has controls in hex', given: [{ CN: ['a\n\u007f\0'] }], want: 'CN=a\\0A\\7F\\00' },
    {
      name: 'escapes what separates',
      given: [{ CN: ['a,b+c"<>;='] }],
      want: 'CN=a\\,b\\+c\\"\\<\\>\\;=',
    },
    { name: 'escapes blanks at its ends', given: [{ CN: [' a # '] }], want: 'CN=\\ a #\\ ' },
    { name: 'reads wide strings', given: [{ CN: ['#1e0200e9'] }], want: 'CN=\\C3\\A9' },
    { name: 'reads wider ones', given: [{ CN: ['#1c0400000075'] }], want: 'CN=u' },
    {
      name: 'has what has no name in hex',
      given: [{ '1.2.3.4': ['#0c0176'] }],
      want: '1.2.3.4=#0C0176',
    },
    {
      name: 'names what BoringSSL names',
      given: [{ DC: ['d'] }, { E: ['e@x'] }],
      want: 'emailAddress=e@x,DC=d',
    },
    { name: 'may be empty', given: '', want: '' },
  ];
  for (const { name, given, want } of table) {
    it(name, async () => {
      const { certificate } = await createSelfSigned('x', [], given);
      assert.equal(identityOf(new X509Certificate(certificate))?.subject, want);
    });
  }
});

describe('a certificate’s names', () => {
  it('are read byte for byte, whatever is in them', async () => {
    const { certificate } = await createSelfSigned('x', [
      { type: 'url', value: 'spiffe://a,URI:spiffe://b' },
      { type: 'url', value: 'a"b\\c é' },
      { type: 'dns', value: 'x, DNS:y' },
      { type: 'dns', value: 'a\0b' },
      { type: 'email', value: 'a,b@x' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '2001:db8::1' },
      { type: 'ip', value: '::ffff:c000:201' },
    ]);
    const names = identityOf(new X509Certificate(certificate));
    assert.ok(names !== null);
    const { uriNames, ...others } = names;
    assert.deepEqual(uriNames.map(toByteString), ['spiffe://a,URI:spiffe://b', 'a"b\\c \xe9']);
    assert.deepEqual(others, {
      dnsNames: ['x, DNS:y', 'a\0b'],
      emails: ['a,b@x'],
      ipAddresses: ['127.0.0.1', '2001:db8::1', '::ffff:192.0.2.1'],
      subject: 'CN=x',
    });
  });

  it('may be none', async () => {
    const { certificate } = await createSelfSigned('x', []);
    assert.deepEqual(identityOf(new X509Certificate(certificate)), {
      uriNames: [],
      dnsNames: [],
      emails: [],
      ipAddresses: [],
      subject: 'CN=x',
    });
  });
});

describe('a client’s key', () => {
  const onCurve = (namedCurve: string, hash: string): KeyAlgorithm => ({ name: 'ECDSA', namedCurve, hash });
  const table: { name: string; algorithm: KeyAlgorithm; usages?: number; want: string }[] = [
    { name: 'on P-256 is taken', algorithm: onCurve('P-256', 'SHA-256'), want: 'taken' },
    { name: 'on P-384 is taken', algorithm: onCurve('P-384', 'SHA-384'), want: 'taken' },
    { name: 'on P-521 is not asked for', algorithm: onCurve('P-521', 'SHA-512'), want: 'not asked for' },
    { name: 'of Ed25519 is not asked for', algorithm: { name: 'Ed25519' }, want: 'not asked for' },
    {
      name: 'that is meant for signatures is taken',
      algorithm: onCurve('P-256', 'SHA-256'),
      usages: KEY_USES.digitalSignature | KEY_USES.keyAgreement,
      want: 'taken',
    },
    {
      name: 'that is meant for key agreement alone is not',
      algorithm: onCurve('P-256', 'SHA-256'),
      usages: KEY_USES.keyAgreement,
      want: 'not for signatures',
    },
  ];
  for (const { name, algorithm, usages, want } of table) {
    it(`${name}, as in Envoy`, async () => {
      const options = usages === undefined ? { algorithm } : { algorithm, usages };
      const { certificate } = await createSelfSigned('x', [], 'CN=x', options);
      assert.equal(judgeClientKey(new X509Certificate(certificate)), want);
    });
  }

  it('of RSA is taken, as in Envoy', async () => {
    const { leaf } = await createRsaPair('x', {});
    assert.equal(judgeClientKey(new X509Certificate(leaf.certificate)), 'taken');
  });
});
