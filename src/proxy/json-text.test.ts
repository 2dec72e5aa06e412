import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonText } from './json-text.ts';

/** What Envoy 1.40 printed: of a claim in a header, of the same in metadata. */
const numbers = [
  { given: 0, claim: '0', metadata: '0' },
  { given: -0, claim: '-0', metadata: '-0' },
  { given: -1, claim: '-1', metadata: '-1' },
  { given: 1.5, claim: '1.5', metadata: '1.5' },
  { given: 0.001, claim: '0.001', metadata: '0.001' },
  { given: 0.0001, claim: '0.0001', metadata: '1e-04' },
  { given: 0.00012, claim: '0.00012', metadata: '0.00012' },
  { given: 0.00001234, claim: '1.234e-05', metadata: '1.234e-05' },
  { given: 1e-7, claim: '1e-07', metadata: '1e-07' },
  { given: 10_000, claim: '10000', metadata: '10000' },
  { given: 100_000, claim: '100000', metadata: '1e+05' },
  { given: -100_000, claim: '-100000', metadata: '-1e+05' },
  { given: 1_200_000, claim: '1200000', metadata: '1200000' },
  { given: 12_000_000, claim: '12000000', metadata: '1.2e+07' },
  { given: 1_700_000_000, claim: '1700000000', metadata: '1.7e+09' },
  { given: 1_795_653_889, claim: '1795653889', metadata: '1795653889' },
  { given: 1.2345678e14, claim: '123456780000000', metadata: '1.2345678e+14' },
  { given: 1e15, claim: '1e+15', metadata: '1e+15' },
  { given: 123456789012345680, claim: '1.2345678901234568e+17', metadata: '123456789012345680' },
  { given: -(2 ** 63), claim: '-9.2233720368547758e+18', metadata: '-9223372036854775808' },
  { given: 2 ** 64, claim: '1.8446744073709552e+19', metadata: '18446744073709551616' },
  { given: 1e23, claim: '1e+23', metadata: '1e+23' },
  { given: 1e300, claim: '1e+300', metadata: '1e+300' },
  { given: 5e-324, claim: '4.94065645841247e-324', metadata: '5e-324' },
];

describe('a number as Envoy prints it', () => {
  for (const { given, claim, metadata } of numbers) {
    it(`${Object.is(given, -0) ? '-0' : given} in a claim header and in metadata`, () => {
      assert.deepEqual([jsonText(given, 'claim'), jsonText(given, 'metadata')], [claim, metadata]);
    });
  }
});

describe('an object as Envoy prints it', () => {
  it('keeps its keys’ order in a claim header and has them sorted in metadata', () => {
    const value = { b: [1, null], a: 'x' };
    assert.equal(jsonText(value, 'claim'), '{"b":[1,null],"a":"x"}');
    assert.equal(jsonText(value, 'metadata'), '{"a":"x","b":[1,null]}');
  });
});

describe('a text that is not UTF-8', () => {
  it('has its bytes escaped one by one in metadata, and whatever else is not plain', () => {
    assert.equal(
      jsonText(['é', 'é\udcff"\t\\/\u007f '], 'metadata'),
      '["é","\\u00c3\\u00a9\\u00ff\\u0022\\u0009\\u005c/\\u007f "]',
    );
  });
});

/** What Envoy 1.40 printed of `a` + character + `b`. */
const texts: [given: string, claim: string, metadata: string][] = [
  ['\u0001', '\\u0001', '\\u0001'],
  ['\n', '\\n', '\\n'],
  ['"', '\\"', '\\"'],
  ['\\', '\\\\', '\\\\'],
  ['/', '/', '/'],
  ['&', '&', '&'],
  ['<', '\\u003c', '<'],
  ['\u007f', '\\u007f', '\u007f'],
  ['\u0085', '\\u0085', '\u0085'],
  ['\u00a0', '\u00a0', '\u00a0'],
  ['\u00ad', '\\u00ad', '\u00ad'],
  ['\u0600', '\\u0600', '\u0600'],
  ['\u17b4', '\\u17b4', '\u17b4'],
  ['\u200b', '\\u200b', '\u200b'],
  ['\u2028', '\\u2028', '\u2028'],
  ['\u2060', '\\u2060', '\u2060'],
  ['\ufeff', '\\ufeff', '\ufeff'],
  ['\ufff9', '\\ufff9', '\ufff9'],
  ['\uffff', '\uffff', '\uffff'],
  ['€', '€', '€'],
  ['\u{10000}', '\u{10000}', '\u{10000}'],
  ['\u{1d173}', '\\ud834\\udd73', '\u{1d173}'],
  ['\u{e0001}', '\\udb40\\udc01', '\u{e0001}'],
];

describe('a character as Envoy prints it', () => {
  for (const [given, claim, metadata] of texts) {
    it(`U+${given.codePointAt(0)?.toString(16)} in a claim header and in metadata`, () => {
      assert.equal(jsonText(`a${given}b`, 'claim'), `"a${claim}b"`);
      assert.equal(jsonText(`a${given}b`, 'metadata'), `"a${metadata}b"`);
    });
  }
});
