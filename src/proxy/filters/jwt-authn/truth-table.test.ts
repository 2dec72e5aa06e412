import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '@bufbuild/protobuf';
import { createTokenSigner, EXPIRES_LATE } from '../../../../test/e2e/token-signer.ts';
import { goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play } from '../../../../test/fixtures/filter-stream.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { STATUS, type Status, statusText } from '../../../core/jwt/index.ts';
import { jwtAuthnFactory } from './factory.ts';

const signer = createTokenSigner('ES256');
const stranger = createTokenSigner('ES256');
const keys = { inline_string: signer.jwks };

const TOKENS: Record<string, string> = {
  good: signer.sign({ iss: 'https://example.com', exp: EXPIRES_LATE }),
  expired: signer.sign({ iss: 'https://example.com', exp: 1205005587 }),
  'bad signature': stranger.sign({ iss: 'https://example.com', exp: EXPIRES_LATE }),
  'without iss': signer.sign({ exp: EXPIRES_LATE }),
  'other-good': signer.sign({ iss: 'https://other.com', exp: EXPIRES_LATE }),
};

const example = { provider_name: 'example' };
const other = { provider_name: 'other' };
const amof = { allow_missing_or_failed: {} };
const am = { allow_missing: {} };
const extract = { extract_only_without_validation: {} };
const any = (...requirements: JsonValue[]) => ({ requires_any: { requirements } });
const all = (...requirements: JsonValue[]) => ({ requires_all: { requirements } });

function filterFor(requires: JsonValue) {
  const provider = (issuer: string, name: string) => ({
    issuer,
    from_headers: [{ name }],
    forward_payload_header: `${name}-payload`,
    forward: true,
    local_jwks: keys,
  });
  return goodFilter(jwtAuthnFactory, {
    providers: {
      example: provider('https://example.com', 'x-example'),
      other: provider('https://other.com', 'x-other'),
    },
    rules: [{ match: { prefix: '/' }, requires }],
  }).filter;
}

/** What is sent in `x-example` (E) and `x-other` (O), the status, and whose payload headers appear. */
type Row = [e: string | null, o: string | null, status: Status, outputs: string];

const OK = STATUS.ok;
const TABLE: Record<string, { requires: JsonValue; rows: Row[] }> = {
  'an empty requirement': {
    requires: {},
    rows: [
      [null, null, OK, ''],
      ['expired', null, OK, ''],
    ],
  },
  'allow missing or failed': {
    requires: amof,
    rows: [
      [null, null, OK, ''],
      ['expired', null, OK, ''],
      ['without iss', null, OK, ''],
      ['good', null, OK, 'E'],
      ['good', 'other-good', OK, 'EO'],
      ['good', 'expired', OK, 'E'],
    ],
  },
  'any of allow missing alone': {
    requires: any(am, am),
    rows: [
      [null, null, OK, ''],
      ['expired', null, 3, ''],
      ['without iss', null, 24, ''],
      ['good', null, OK, 'E'],
      ['good', 'other-good', OK, 'EO'],
      ['good', 'expired', OK, 'E'],
    ],
  },
  'any of example and allow missing or failed': {
    requires: any(example, amof),
    rows: [
      [null, null, OK, ''],
      ['expired', null, OK, ''],
      ['good', 'bad signature', OK, 'E'],
      ['good', 'other-good', OK, 'E'],
      ['expired', 'other-good', OK, ''],
    ],
  },
  'all of example and allow missing or failed': {
    requires: all(example, amof),
    rows: [
      [null, null, 1, ''],
      ['expired', null, 3, ''],
      ['good', null, OK, 'E'],
      ['good', 'bad signature', OK, 'E'],
      ['good', 'other-good', OK, 'EO'],
    ],
  },
  'all of two any with allow missing or failed': {
    requires: all(any(example, amof), any(other, amof)),
    rows: [
      [null, null, OK, ''],
      ['expired', null, OK, ''],
      ['good', null, OK, 'E'],
      [null, 'other-good', OK, 'O'],
      ['expired', 'other-good', OK, 'O'],
      ['good', 'other-good', OK, 'EO'],
    ],
  },
  'any of example and allow missing': {
    requires: any(example, am),
    rows: [
      [null, null, OK, ''],
      ['bad signature', null, 26, ''],
      [null, 'other-good', OK, ''],
      ['other-good', null, 24, ''],
      ['bad signature', 'other-good', 26, ''],
    ],
  },
  'all of example and allow missing': {
    requires: all(example, am),
    rows: [
      [null, null, 1, ''],
      ['bad signature', null, 26, ''],
      ['good', null, OK, 'E'],
      ['good', 'other-good', OK, 'EO'],
    ],
  },
  'all of two any with allow missing': {
    requires: all(any(example, am), any(other, am)),
    rows: [
      [null, null, OK, ''],
      ['bad signature', null, 26, ''],
      ['good', null, OK, 'E'],
      ['good', 'other-good', OK, 'EO'],
      ['good', 'good', 24, 'E'],
      ['expired', 'other-good', 3, ''],
    ],
  },
  'extract only': {
    requires: extract,
    rows: [
      [null, null, OK, ''],
      ['expired', null, OK, '!'],
      ['good', null, OK, 'E'],
      ['good', 'other-good', OK, 'EO'],
      ['good', 'expired', OK, 'E'],
    ],
  },
  'any of example and extract only': {
    requires: any(example, extract),
    rows: [
      [null, null, OK, ''],
      ['bad signature', null, OK, '!'],
      ['good', null, OK, 'E'],
      ['good', 'other-good', OK, 'E'],
      ['other-good', null, OK, '!'],
    ],
  },
  'all of example and extract only': {
    requires: all(example, extract),
    rows: [
      [null, null, 1, ''],
      ['expired', null, 3, ''],
      ['good', null, OK, 'E'],
      ['good', 'other-good', OK, 'EO'],
    ],
  },
};

for (const [name, { requires, rows }] of Object.entries(TABLE)) {
  describe(`${name} (Envoy: all_verifier_test)`, () => {
    const filter = filterFor(requires);
    for (const [e, o, status, outputs] of rows) {
      it(`E ${e ?? 'nothing'}, O ${o ?? 'nothing'} → ${statusText(status)}`, async () => {
        const headers: [string, string][] = [];
        if (e !== null) headers.push(['x-example', TOKENS[e] as string]);
        if (o !== null) headers.push(['x-other', TOKENS[o] as string]);
        // The second time the signatures are remembered, the third time every step is recorded: nobody may see a difference.
        for (const recorder of [null, null, new TreeRecorder()]) {
          const { reply, stream } = await play(filter, { headers, recorder });
          assert.equal(reply?.body, status === OK ? undefined : statusText(status));
          const { headers: list } = stream.request;
          const seen = [
            list.has('x-example-payload') ? 'E' : '',
            list.has('x-other-payload') ? 'O' : '',
            list.get('x-jwt-signature-verified') === 'false' ? '!' : '',
          ].join('');
          assert.equal(seen, outputs);
        }
      });
    }
  });
}
