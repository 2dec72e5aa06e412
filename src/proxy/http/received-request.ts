import type { HeaderList } from './header-list.ts';
import type { RequestHead } from './request-head.ts';
import type { RequestParser } from './request-parser.ts';
import type { Scheme } from './request-target.ts';

/** A request's head as it came off a connection. */
export class ReceivedRequest implements RequestHead {
  method: string;
  scheme: string;
  authority: string;
  path: string;
  readonly headers: HeaderList;

  readonly targetScheme: Scheme | '';

  constructor({ method, scheme, authority, path, headers }: RequestParser) {
    this.method = method;
    this.targetScheme = scheme;
    this.scheme = scheme;
    this.authority = authority;
    this.path = path;
    this.headers = headers;
  }
}
