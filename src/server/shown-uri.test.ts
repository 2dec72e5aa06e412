import assert from 'node:assert/strict';
import { it } from 'node:test';
import { shownUri } from './shown-uri.ts';

it('an address in a log has neither user information nor a query', () => {
  assert.equal(shownUri('https://user:word@keys.test/a?key=word&b'), 'https://keys.test/a?…');
  assert.equal(shownUri('https://keys.test/a'), 'https://keys.test/a');
});
