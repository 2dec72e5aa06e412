import type { HeaderList } from './header-list.ts';
import type { RequestHead } from './request-head.ts';

/** A request's head as it came off a connection. */
export class ReceivedRequest implements RequestHead {
  method: string;
  scheme: string;
  authority: string;
  path: string;
  readonly headers: HeaderList;

  constructor(method: string, scheme: string, authority: string, path: string, headers: HeaderList) {
    this.method = method;
    this.scheme = scheme;
    this.authority = authority;
    this.path = path;
    this.headers = headers;
  }
}
