import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { it } from 'node:test';
import { DevelopmentAuthority } from './certificates.ts';

it('a leaf is signed by its authority and names what was asked', async () => {
  const authority = await DevelopmentAuthority.create('test');
  const leaf = new X509Certificate((await authority.issue({ names: ['a.test', '127.0.0.1'] })).certificate);
  assert.equal(leaf.subjectAltName, 'DNS:a.test, IP Address:127.0.0.1');
  assert.ok(leaf.verify(new X509Certificate(authority.certificate).publicKey));
});

it("a stranger's leaf is not", async () => {
  const [ours, theirs] = await Promise.all([
    DevelopmentAuthority.create('test'),
    DevelopmentAuthority.create('test'),
  ]);
  const leaf = new X509Certificate((await theirs.issue({ names: ['a.test'] })).certificate);
  assert.ok(!leaf.verify(new X509Certificate(ours.certificate).publicKey));
});
