import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { INCOMPLETE, REFUSED } from './head-parser.ts';
import { ResponseParser } from './response-parser.ts';

function parse(text: string, step = text.length) {
  const parser = new ResponseParser();
  for (let at = 0; at < text.length; at += step) {
    const bytes = Buffer.from(text.slice(at, at + step), 'latin1');
    const end = parser.parse(bytes, 0, bytes.length);
    if (end === REFUSED) return { refused: true };
    if (end !== INCOMPLETE) {
      const { status, close, contentLength, chunked } = parser;
      return { status, close, contentLength, chunked, names: [...parser.headers.names] };
    }
  }
  return { incomplete: true };
}

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`;

describe('a response head', () => {
  const passing = [
    {
      name: 'gives its status and framing',
      given: lines('HTTP/1.1 200 Fine', 'Content-Length: 5', 'X: y'),
      want: { status: 200, close: false, contentLength: 5, chunked: false, names: ['content-length', 'x'] },
    },
    {
      name: 'may have no phrase',
      given: lines('HTTP/1.1 404', 'Transfer-Encoding: CHUNKED'),
      want: { status: 404, close: false, contentLength: -1, chunked: true, names: [] },
    },
    {
      name: 'of HTTP/1.0 is the last on its connection',
      given: lines('HTTP/1.0 200 OK', 'Content-Length: 0'),
      want: { status: 200, close: true, contentLength: 0, chunked: false, names: ['content-length'] },
    },
    {
      name: 'of 204 may have the length 0',
      given: lines('HTTP/1.1 204 No Content', 'Content-Length: 0'),
      want: { status: 204, close: false, contentLength: 0, chunked: false, names: ['content-length'] },
    },
    {
      name: 'of 304 may be framed as the response that it stands for',
      given: lines('HTTP/1.1 304 Not Modified', 'Content-Length: 5'),
      want: { status: 304, close: false, contentLength: 5, chunked: false, names: ['content-length'] },
    },
    {
      name: 'may name whatever it likes in its connection field',
      given: lines('HTTP/1.1 200 OK', 'Connection: a,b,c,d,e,f,g,h,i,host,x-forwarded-for,close', 'X: y'),
      want: { status: 200, close: true, contentLength: -1, chunked: false, names: ['x'] },
    },
    {
      name: 'has one line of a date and a server',
      given: lines('HTTP/1.1 200 OK', 'Date: a', 'Server: b', 'X: 1', 'Date: c', 'X: 2', 'Server: d'),
      want: {
        status: 200,
        close: false,
        contentLength: -1,
        chunked: false,
        names: ['date', 'server', 'x', 'x'],
      },
    },
    {
      name: 'loses what belongs to the hop',
      given: lines(
        'HTTP/1.1 200 OK',
        'Connection: close, x-a',
        'X-A: 1',
        'Keep-Alive: 1',
        'Upgrade: h2c',
        'Z: 1',
      ),
      want: { status: 200, close: true, contentLength: -1, chunked: false, names: ['z'] },
    },
  ];
  for (const { name, given, want } of passing) {
    it(name, () => {
      assert.deepEqual(parse(given), want);
      assert.deepEqual(parse(given, 1), want, 'byte by byte');
    });
  }

  const refused = [
    { name: 'another protocol', given: lines('ICY 200 OK') },
    { name: 'HTTP/2', given: lines('HTTP/2.0 200 OK') },
    { name: 'HTTP/1.2', given: lines('HTTP/1.2 200 OK') },
    { name: 'a status of two digits', given: lines('HTTP/1.1 20 OK') },
    { name: 'a status of four digits', given: lines('HTTP/1.1 2000 OK') },
    { name: 'a status below 100', given: lines('HTTP/1.1 099 OK') },
    { name: 'two lengths', given: lines('HTTP/1.1 200 OK', 'Content-Length: 5', 'Content-Length: 5') },
    {
      name: 'length and chunked',
      given: lines('HTTP/1.1 200 OK', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
    },
    { name: 'another transfer coding', given: lines('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked') },
    { name: 'chunked in HTTP/1.0', given: lines('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked') },
    { name: '204 with a body', given: lines('HTTP/1.1 204 No Content', 'Content-Length: 5') },
    { name: '204 in chunks', given: lines('HTTP/1.1 204 No Content', 'Transfer-Encoding: chunked') },
    { name: 'an interim response with a body', given: lines('HTTP/1.1 103 X', 'Content-Length: 5') },
    { name: 'a folded line', given: lines('HTTP/1.1 200 OK', 'a: b', ' c') },
    { name: 'lines that end in LF', given: 'HTTP/1.1 200 OK\na: b\n\n' },
    { name: 'a NUL', given: lines('HTTP/1.1 200 OK', 'a: \0') },
  ];
  for (const { name, given } of refused) {
    it(`with ${name} is refused`, () => {
      assert.deepEqual(parse(given), { refused: true });
      assert.deepEqual(parse(given, 1), { refused: true }, 'byte by byte');
    });
  }
});
