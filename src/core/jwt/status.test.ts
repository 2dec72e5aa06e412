import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { STATUS, type Status, statusText } from './status.ts';

describe('statuses', () => {
  const numbers = Object.values(STATUS);

  it('are numbered 0 to 72 without a gap, as in Envoy', () => {
    assert.deepEqual(
      numbers,
      Array.from({ length: 73 }, (_, index) => index),
    );
  });

  it('have a text each, no two the same', () => {
    const texts = numbers.map((status) => statusText(status as Status));
    assert.equal(new Set(texts).size, 73);
    for (const text of texts) assert.match(text, /^\S.*\S$/);
  });

  const wire: [Status, string][] = [
    [STATUS.jwtIsMissing, 'Jwt is missing'],
    [STATUS.jwtIsExpired, 'Jwt is expired'],
    [STATUS.jwtHeaderAlgNotSupported, 'Jwt header [alg] is not supported'],
    [STATUS.jwtPayloadBadAud, 'Jwt payload [aud] field is not a string or string list'],
    [STATUS.jwtAudienceNotAllowed, 'Audiences in Jwt are not allowed'],
    [STATUS.jwtVerificationFails, 'Jwt verification fails'],
    [STATUS.jwksWithoutMatchingKey, "Jwks doesn't have key to match kid or alg from Jwt"],
    [STATUS.jwksFetchFails, 'Jwks remote fetch is failed'],
    [STATUS.jwksEcCrvNotOfAlg, '[crv] field specified is not compatible with [alg] for an EC key'],
    [STATUS.jwksPemNoMemory, 'Failed to create BIO due to memory allocation failure'],
  ];
  for (const [status, text] of wire) {
    it(`${status} reads \`${text}\``, () => assert.equal(statusText(status), text));
  }
});
