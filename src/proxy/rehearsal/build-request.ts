import { HeaderList } from '../http/header-list.ts';
import { addRequestLine } from '../http/join-lines.ts';
import type { RequestHead } from '../http/request-head.ts';
import { keptTe } from '../http/te-field.ts';

/** A request in words: as somebody writes it down, not as it goes over a wire. */
export interface RequestWords {
  method: string;
  scheme: 'http' | 'https';
  /** See `RequestHead`. */
  targetScheme?: string | undefined;
  /** `host` or `host:port`, as a client would send it. */
  authority: string;
  /** Target in origin form. */
  path: string;
  /** As written; a `host` among them takes the authority's place. */
  headers: readonly (readonly [name: string, value: string])[];
}

/** Makes the head that the codec would make of the same words: names in lower case, bytes, some repeated lines joined. */
export function buildRequestHead(words: RequestWords): RequestHead {
  const { method, scheme, targetScheme, authority, path, headers } = words;
  const head: RequestHead = {
    method,
    scheme,
    targetScheme,
    authority: bytesOf(authority),
    path: bytesOf(path),
    headers: new HeaderList(),
  };
  for (const [rawName, rawValue] of headers) {
    const name = rawName.toLowerCase();
    const value = bytesOf(rawValue.replaceAll(/^[\t ]+|(?<![\t ])[\t ]+$/g, ''));
    if (name === 'host') head.authority = value;
    else addRequestLine(head.headers, name, value);
  }
  dropTe(head.headers);
  return head;
}

function dropTe(headers: HeaderList): void {
  const te = headers.get('te');
  if (te === undefined) return;
  const kept = keptTe(te, false);
  if (kept === null) headers.remove('te');
  else headers.set('te', kept);
}

const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
