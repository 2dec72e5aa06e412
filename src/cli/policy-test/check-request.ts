import type { PolicyCase } from './policy-test.ts';
import type { Problems } from './read-node.ts';

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const UNSENDABLE = /[\s\p{Cc}]/u;
const CONTROL = /(?!\t)\p{Cc}/u;

/** What no client can send is no question; each at its case. */
export function checkRequest({ at, request }: PolicyCase, problems: Problems): void {
  const { method, url, headers } = request;
  if (!TOKEN.test(method)) problems.add(at, `\`${method}\` is no method`);
  if (UNSENDABLE.test(url)) problems.add(at, 'a path has no blanks and no control characters: write `%20`');
  for (const line of headers) {
    const colon = line.indexOf(': ');
    const name = line.slice(0, colon);
    if (!TOKEN.test(name)) problems.add(at, `\`${name}\` is no name of a header`);
    if (CONTROL.test(line.slice(colon))) problems.add(at, `header \`${name}\` has a control character`);
  }
}
