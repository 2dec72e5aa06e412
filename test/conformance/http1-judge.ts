/**
 * Judges what an origin received of one connection: every message of it must be RFC 9112 without any doubt, made by the gate.
 * @returns what is wrong, or null
 */
export function findDirt(received: string): string | null {
  let rest = received;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return 'a head without an end';
    const head = rest.slice(0, end);
    const dirt = judgeHead(head);
    if (dirt !== null) return dirt;
    const taken = takeBody(head, rest.slice(end + 4));
    if (taken === null) return null;
    if (typeof taken === 'string') return taken;
    rest = taken.rest;
  }
  return null;
}

function judgeHead(head: string): string | null {
  const [first = '', ...fields] = head.split('\r\n');
  if (!/^[A-Z]+ [!-~]+ HTTP\/1\.1$/.test(first)) return `request line ${JSON.stringify(first)}`;
  for (const field of fields) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+: [\t -~\x80-\xff]*$/.test(field)) return `field ${JSON.stringify(field)}`;
  }
  const named = (name: string) => fields.filter((field) => field.startsWith(`${name}: `));
  if (named('host').length !== 1) return 'not one host';
  if (named('x-request-id').length !== 1) return 'not marked by the gate';
  if (named('content-length').length + named('transfer-encoding').length > 1) return 'framed twice';
  if (fields.some((field) => /^(?:content_length|transfer_encoding):/.test(field)))
    return 'a lookalike of framing';
  if (named('transfer-encoding').some((field) => field !== 'transfer-encoding: chunked'))
    return 'a transfer coding';
  if (named('content-length').some((field) => !/: \d+$/.test(field))) return 'a length of no digits';
  return null;
}

/** null: the body has not come to its end, which a request that broke off may leave. */
function takeBody(head: string, rest: string): { rest: string } | string | null {
  if (!/\r\ntransfer-encoding: chunked/.test(head)) {
    const length = Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
    return rest.length < length ? null : { rest: rest.slice(length) };
  }
  let left = rest;
  for (;;) {
    if (!left.includes('\r\n')) return /^[0-9a-f]*\r?$/.test(left) ? null : 'a chunk line';
    const size = /^([0-9a-f]+)\r\n/.exec(left);
    if (size === null) return 'a chunk line';
    const length = Number.parseInt(size[1] as string, 16);
    const data = left.slice(size[0].length);
    if (data.length < length + 2) return null;
    if (data.slice(length, length + 2) !== '\r\n') return 'a chunk without its end';
    left = data.slice(length + 2);
    if (length === 0) return { rest: left };
  }
}
