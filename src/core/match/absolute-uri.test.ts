import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAbsoluteUri } from './absolute-uri.ts';

/** Each was given to Envoy 1.40 as the `uri` of remote keys. */
const TAKEN = [
  ['any scheme', 'ftp://a/', 'HTTP://A', 'x+y.z-1://a/', 'h5t://a/'],
  ['user information', 'http://u:p@a/', 'http://@a/', 'http://u:p:q@a/', "http://a!b$c%&'()*+,;=~_.-@a/"],
  ['odd hosts of letters, digits, hyphens and dots', 'http://-b/', 'http://a..b', 'http://.a', 'http://1'],
  ['addresses', 'http://[::1]/', 'http://[::1]:8/', 'http://[::ffff:1.2.3.4]/', 'http://[1.2.3.4]/'],
  ['ports', 'http://a:0/', 'http://a:65535/', 'http://a:00080/', 'http://a:000000000080/'],
  [
    'whatever can be printed, behind the host',
    'http://a/x"<>\\^`{|}y',
    'http://a?b#c',
    'http://a/#x#y',
    'http://a/%zz',
  ],
];
const REFUSED = [
  [
    'no scheme, or no host',
    '/x',
    'a:80',
    '://a/',
    '1://a/',
    'http:/a/',
    'http:///a',
    'mailto:a',
    'http://u@/',
    '*',
  ],
  [
    'hosts with other characters',
    'http://a_b/',
    'http://a*b/',
    'http://*/',
    'http://a%41/',
    'http://a,b/',
    'http://a\\b/',
    'http://é/',
    'http://a b/',
  ],
  [
    'user information with other characters',
    'http://u"w@a/',
    'http://u@v@a/',
    'http://u[w@a/',
    'http://ué@a/',
    'http://u w@a/',
  ],
  [
    'brackets without an address',
    'http://[]/',
    'http://[:]/',
    'http://[1]/',
    'http://[::1%]/',
    'http://[::1/',
    'http://[::1]8/',
    'http://[::::::::]/',
    'http://[::1]:/',
  ],
  ['ports that are none', 'http://a:/', 'http://a:x/', 'http://a:65536/', 'http://a:80:80/', 'http://a:8#0/'],
  ['a fragment right behind the host', 'http://a#x', 'http://b#/'],
  [
    'what cannot be printed, or not in ASCII',
    'http://a/x y',
    'http://a/é',
    'http://a/\t',
    'http://a/\n',
    'http://a?\u0001',
    'http://a/\x7f',
  ],
];

describe('the address of a key server is one that Envoy can ask', () => {
  for (const [rule = '', ...uris] of TAKEN) it(`takes ${rule}`, () => check(uris, true));
  for (const [rule = '', ...uris] of REFUSED) it(`refuses ${rule}`, () => check(uris, false));
});

function check(uris: readonly string[], want: boolean): void {
  for (const uri of uris) assert.equal(readAbsoluteUri(uri) !== null, want, JSON.stringify(uri));
}
