import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '@bufbuild/protobuf';
import { NOW_MS, play } from '../../../../test/fixtures/filter-stream.ts';
import { bearer, filterOf, local, signer } from '../../../../test/fixtures/jwt-authn-filter.ts';
import { type Step, TreeRecorder } from '../../../base/index.ts';

const notesOf = (step: Step): string[] => [...step.notes, ...step.steps.flatMap(notesOf)];

describe('what a provider may ask of a token beside its signature', () => {
  const now = Math.floor(NOW_MS / 1000);
  const table: {
    name: string;
    provider: Record<string, JsonValue>;
    claims: Record<string, JsonValue>;
    want: string | undefined;
    note: RegExp;
  }[] = [
    {
      name: 'a subject',
      provider: { subjects: { suffix: '@a.test' } },
      claims: { sub: 'x@a.test' },
      want: undefined,
      note: /sub = "x@a.test", wants suffix "@a.test"/,
    },
    {
      name: 'another subject',
      provider: { subjects: { suffix: '@a.test' } },
      claims: { sub: 'x@b.test' },
      want: 'Jwt verification fails',
      note: /sub = "x@b.test"/,
    },
    {
      name: 'a subject beyond ASCII',
      provider: { subjects: { safe_regex: { regex: '..' } } },
      claims: { sub: 'é' },
      want: undefined,
      note: /sub = "é"/,
    },
    {
      name: 'an expiry',
      provider: { require_expiration: true },
      claims: { exp: now + 5 },
      want: undefined,
      note: /5 s left, an expiry is required/,
    },
    {
      name: 'an expiry that is missing',
      provider: { require_expiration: true },
      claims: {},
      want: 'Jwt verification fails',
      note: /no exp, an expiry is required/,
    },
    {
      name: 'a short life',
      provider: { max_lifetime: '60s' },
      claims: { exp: now + 59 },
      want: undefined,
      note: /59 s left, wants less than 60 s/,
    },
    {
      name: 'a life too long',
      provider: { max_lifetime: '60s' },
      claims: { exp: now + 60 },
      want: 'Jwt verification fails',
      note: /60 s left/,
    },
    {
      name: 'an audience',
      provider: { audiences: ['https://x/'] },
      claims: { aud: ['y', 'http://x'] },
      want: undefined,
      note: /aud = "y", "http:\/\/x", wants "x"/,
    },
    {
      name: 'a start',
      provider: {},
      claims: { nbf: now + 61 },
      want: 'Jwt not yet valid',
      note: /nbf 2026-01-01T00:01:01Z \(in 1m1s\)/,
    },
    {
      name: 'an end',
      provider: {},
      claims: { exp: now - 61 },
      want: 'Jwt is expired',
      note: /exp 2025-12-31T23:58:59Z \(1m1s ago\), 60 s of skew/,
    },
    {
      name: 'an issuer',
      provider: { issuer: 'j' },
      claims: {},
      want: 'Jwt issuer is not configured',
      note: /iss = "i", wants "j"/,
    },
    {
      name: 'no issuer at all',
      provider: { issuer: '' },
      claims: {},
      want: undefined,
      note: /iss = "i", any issuer will do/,
    },
  ];
  for (const { name, provider, claims, want, note } of table) {
    it(name, async () => {
      const { filter } = filterOf({ ...local, ...provider });
      const headers = [bearer(signer.sign({ iss: 'i', ...claims }))];
      const recorder = new TreeRecorder();
      for (const given of [null, null, recorder]) {
        assert.equal((await play(filter, { headers, recorder: given })).reply?.body, want);
      }
      assert.match(notesOf(recorder.root).join('\n'), note);
    });
  }

  it('the form comes first', async () => {
    const { filter } = filterOf(local);
    const recorder = new TreeRecorder();
    const { reply } = await play(filter, { headers: [bearer('a.b')], recorder });
    assert.match(reply?.body ?? '', /^Jwt is not in the form/);
    const checks = recorder.root.steps.at(-1)?.steps.at(-1)?.steps;
    assert.deepEqual(
      checks?.map(({ text }) => text),
      ['form'],
    );
  });
});
