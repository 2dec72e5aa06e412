import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatSource } from '../../../test/fixtures/format-source.ts';
import { compileHeaderFormat } from './header-format.ts';

/** As Envoy 1.40 fills them in. */
const table: { name: string; given: string; want: string }[] = [
  { name: 'a path in JSON', given: '<%DYNAMIC_METADATA(["ns","s"])%>', want: '<text>' },
  {
    name: 'two of them',
    given: '%DYNAMIC_METADATA(["ns", "s"])% %DYNAMIC_METADATA( ["ns","s"] )%',
    want: 'text text',
  },
  { name: 'escapes in it', given: '%DYNAMIC_METADATA(["ns","\\u0073"])%', want: 'text' },
  {
    name: 'a whole namespace',
    given: '%DYNAMIC_METADATA(["ns"])%',
    want: '{"l":[1,"a"],"s":"text","z":null}',
  },
  { name: 'nothing with a length', given: '<%DYNAMIC_METADATA(["ns","s"]):2%>', want: '<>' },
  { name: 'a colon as the end of a key', given: '<%DYNAMIC_METADATA(["n","s:s"])%>', want: '<>' },
  {
    name: 'nothing behind what is no list of texts',
    given: '<%DYNAMIC_METADATA(["ns",1])%%DYNAMIC_METADATA(["ns","s"])%>',
    want: '<>',
  },
  { name: 'nothing of an empty list', given: '<%DYNAMIC_METADATA([])%>', want: '<>' },
  { name: 'what is escaped', given: '%%DYNAMIC_METADATA(["ns","s"])%%', want: '%DYNAMIC_METADATA(ns:s)%' },
  { name: 'a state of the request', given: '%PER_REQUEST_STATE(k)%', want: 'state' },
];

describe('the value of a header translates', () => {
  for (const { name, given, want } of table) {
    it(name, () => {
      const compiled = compileHeaderFormat(given);
      assert.ok('format' in compiled);
      const source = { ...formatSource(), filterStateIfAny: new Map([['k', 'state']]) };
      assert.equal(compiled.format.render(source), want);
    });
  }

  for (const given of ['%PER_REQUEST_STATE()%', '%PER_REQUEST_STATE(k):2%', '%DYNAMIC_METADATA([""])%']) {
    it(`${given} to what is refused`, () => assert.ok('refusal' in compileHeaderFormat(given)));
  }
});
