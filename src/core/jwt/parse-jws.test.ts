import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodePart } from '../../../test/fixtures/raw-token.ts';
import { parseJws } from './parse-jws.ts';
import { STATUS } from './status.ts';

const H = encodePart({ alg: 'HS256' });

describe('a raw JWS', () => {
  it('may have any payload, none too', () => {
    for (const [part, hex] of [
      ['', ''],
      ['AAA', '0000'],
      ['Zm9v', '666f6f'],
    ]) {
      const jws = parseJws(`${H}.${part}.AA`);
      assert.ok(typeof jws !== 'number');
      assert.equal(Buffer.from(jws.payload).toString('hex'), hex);
      assert.equal(jws.signedText, `${H}.${part}`);
      assert.equal(jws.fault, null);
    }
  });

  const refused = [
    { name: 'nothing', given: '', want: STATUS.jwtIsNotThreeParts },
    { name: 'a dot too many', given: `${H}.e30.AA.`, want: STATUS.jwtIsNotThreeParts },
    { name: 'a blank in front', given: ` ${H}.e30.AA`, want: STATUS.jwtHeaderBadBase64 },
    {
      name: 'lenient JSON in the header',
      given: `${encodePart("{alg:'HS256'}")}.e30.AA`,
      want: STATUS.jwtHeaderBadJson,
    },
    {
      name: 'crit',
      given: `${encodePart({ alg: 'HS256', crit: ['x'] })}.e30.AA`,
      want: STATUS.jwtVerificationFails,
    },
    { name: 'a payload that is not encoded', given: `${H}.$.AA`, want: STATUS.jwtPayloadBadBase64 },
    { name: 'a padded payload', given: `${H}.AA==.AA`, want: STATUS.jwtPayloadBadBase64 },
    { name: 'a blank behind', given: `${H}.e30.AA `, want: STATUS.jwtSignatureBadBase64 },
    { name: 'alg none', given: `${encodePart({ alg: 'none' })}.e30.`, want: STATUS.jwtHeaderAlgNotSupported },
  ];
  for (const { name, given, want } of refused) {
    it(`with ${name} is ${want}`, () => assert.equal(parseJws(given), want));
  }
});
