import { type RawConnection, type RawOrigin, startRawOrigin } from '../oracle/origin.ts';

/** A request that an origin got, judged byte by byte (RFC 9112). */
export interface StrictRequest {
  readonly method: string;
  readonly target: string;
  /** Lower-case names. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export interface StrictOrigin extends RawOrigin {
  /** What came that no gate may let through. */
  readonly violations: string[];
  /** Whole requests that came. */
  count(): number;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const FRAMING = /^(content.length|transfer.encoding)$/;

/**
 * Starts an origin that refuses to be lenient: whatever is not a clean request is noted as a violation, and so is what
 * `judge` says of a clean one. It answers 200 with the target as body.
 */
export async function startStrictOrigin(
  judge: (request: StrictRequest) => string | null,
): Promise<StrictOrigin> {
  const violations: string[] = [];
  let count = 0;
  const take = (connection: RawConnection) => {
    try {
      for (let parsed = parse(connection.received); parsed !== null; parsed = parse(connection.received)) {
        connection.received = connection.received.subarray(parsed.length);
        count += 1;
        const complaint = judge(parsed.request);
        if (complaint !== null) violations.push(`${complaint}: ${JSON.stringify(parsed.request)}`);
        connection.socket.write(answer(parsed.request), 'latin1');
      }
    } catch (error) {
      violations.push(
        `${(error as Error).message}: ${JSON.stringify(connection.received.toString('latin1', 0, 500))}`,
      );
      connection.socket.destroy();
    }
  };
  const origin = await startRawOrigin(take);
  return { ...origin, violations, count: () => count };
}

function answer(request: StrictRequest): string {
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${request.target.length}\r\n\r\n`;
  return request.method === 'HEAD' ? head : head + request.target;
}

function parse(bytes: Buffer): { request: StrictRequest; length: number } | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const request = { ...parseRequestLine(first), fields: lines.map(parseField) };
  const bodyStart = headEnd + 4;
  const bodyLength = measureBody(bytes.subarray(bodyStart), request.fields);
  return bodyLength === null ? null : { request, length: bodyStart + bodyLength };
}

function parseRequestLine(line: string): { method: string; target: string } {
  const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP\/1\.1$/.exec(line);
  if (match === null) throw new Error('request line is not clean');
  return { method: match[1] as string, target: match[2] as string };
}

function parseField(line: string): [string, string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
  if (!TOKEN.test(name)) throw new Error('field name is not clean');
  if (!VALUE.test(value)) throw new Error('field value is not clean');
  return [name.toLowerCase(), value];
}

/** How long the body is; null while it is not all there. */
function measureBody(bytes: Buffer, fields: StrictRequest['fields']): number | null {
  const framing = fields.filter(([name]) => FRAMING.test(name));
  if (fields.filter(([name]) => name === 'host').length !== 1) throw new Error('not one host');
  if (framing.length > 1) throw new Error('more than one framing field');
  const [name, value = ''] = framing[0] ?? [];
  switch (name) {
    case undefined:
      return 0;
    case 'content-length':
      if (!/^\d{1,19}$/.test(value)) throw new Error('length is not clean');
      return bytes.length < Number(value) ? null : Number(value);
    case 'transfer-encoding':
      if (value !== 'chunked') throw new Error('coding is not chunked');
      return measureChunks(bytes);
    default:
      throw new Error('framing name spelt oddly');
  }
}

function measureChunks(bytes: Buffer): number | null {
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const line = bytes.toString('latin1', at, lineEnd);
    if (!/^[0-9A-Fa-f]{1,12}$/.test(line)) throw new Error('chunk size is not clean');
    const end = lineEnd + 2 + Number.parseInt(line, 16) + 2;
    if (bytes.length < end) return null;
    if (bytes.toString('latin1', end - 2, end) !== '\r\n') throw new Error('chunk end is not clean');
    at = end;
    if (Number.parseInt(line, 16) === 0) return at;
  }
}
