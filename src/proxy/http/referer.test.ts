import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isReferer } from './referer.ts';

/** Each was sent through Envoy 1.40. */
const KEPT = [
  [
    'absolute URIs',
    'http://h',
    'https://h/a:b@c',
    'ftp://h:80?x',
    'http://[::1]:8/',
    'http://h/"<>[\\]^`{|}',
  ],
  ['empty user information and fragments', 'http://@h/', 'http://h/#', 'http://h:8/?x#', 'http://h/##'],
  [
    'relative references',
    '',
    '/x',
    '//h/x',
    'h',
    'h/x',
    'x/y:z',
    'x/:',
    '*',
    "/a?b&c=%zz'(~)!$,;@",
    '?a/b:c',
  ],
];
const REMOVED = [
  ['user information', 'http://u@h/', 'http://:@h/', 'http://u:p@h'],
  ['fragments', 'http://h/#x', 'http://h#x', 'http://h/?a#b#c', 'http://h/##x', 'h#x', '/x#'],
  [
    'schemes without a host',
    'about:blank',
    'mailto:a@b',
    'http:///x',
    'http:/h',
    'file:///x',
    '://h',
    'h:80',
  ],
  ['hosts and ports that are none', 'http://h_x/', 'http://h:/', 'http://h:65536/', 'http://[h]/', '1a://h/'],
  ['colons before the first slash', 'x:y', '?a:b', '?:'],
  [
    'other characters',
    'http://h/a b',
    'http://h/\xe9',
    '/x y',
    '/x\t',
    '/"',
    '/x[]',
    'x|y',
    '/\xe9',
    'Bearer e.y.J',
  ],
];

/** Envoy keeps it where this machine has such an interface: row Q21. */
const BY_INTERFACE = 'http://[fe80::1%eth0]/';

describe('a referer that may not name what it names is taken off', () => {
  for (const [rule = '', ...values] of KEPT) it(`not ${rule}`, () => check(values, true));
  for (const [rule = '', ...values] of REMOVED) it(`with ${rule}`, () => check(values, false));
  it('with an address by the name of an interface', () => check([BY_INTERFACE], false));
});

function check(values: readonly string[], want: boolean): void {
  for (const value of values) assert.equal(isReferer(value), want, JSON.stringify(value));
}
