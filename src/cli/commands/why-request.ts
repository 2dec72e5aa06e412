import type { CompiledSnapshot, ConnectionInfo, RequestWords } from '../../proxy/rehearsal/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { parseCurl } from '../request-input/parse-curl.ts';
import { parseHttpFile } from '../request-input/parse-http-file.ts';
import { parseLogLine } from '../request-input/parse-log-line.ts';
import type { WrittenRequest } from '../request-input/written-request.ts';
import { readText } from './run-sources.ts';
import type { WhyFlags } from './why.ts';

/** What the command line asks about. */
export interface AskedRequest {
  words: RequestWords;
  connection: ConnectionInfo;
  /** Name of the listener that takes it. */
  listener: string;
}

export interface RequestFlags {
  /** `name: value` each, for every request. */
  header: readonly string[];
  token: string | undefined;
  listener?: string | undefined;
}

/** The requests that the command line, a file or a line of a log speaks of. */
export async function readWritten(
  url: string | undefined,
  { http, curl, fromLog, request, var: variables }: WhyFlags,
  io: CliIo,
): Promise<WrittenRequest[]> {
  const read = async (file: string, what: string) => (file === '-' ? io.readStdin() : readText(file, what));
  if (http !== undefined) {
    return parseHttpFile(
      await read(http, 'request file'),
      http === '-' ? '<stdin>' : http,
      new Map(variables.map(splitVariable)),
    );
  }
  if (curl !== undefined) return [parseCurl(await read(curl, 'command line'))];
  if (fromLog === undefined) return [{ method: request ?? 'GET', url: url ?? '/', headers: [] }];
  const logged = parseLogLine(fromLog);
  if (logged !== null) return [logged];
  throw new UserError("--from-log takes a line of Envoy's default format or of JSON", EXIT.wrongUse);
}

function splitVariable(text: string): [name: string, value: string] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new UserError('--var takes `name=value`', EXIT.wrongUse);
}

const CONTROL = /\p{Cc}/u;
const ABSOLUTE = /^(https?):\/\/([^/?#]*)([^#]*)/i;

/**
 * Reads a URL (or a path alone, or `*`) as a client would send it. Nothing is tidied up: `/docs/../private` is asked about as it
 * stands, and so is a path with a fragment, which of a URL no client sends.
 * @throws UserError when it is neither
 */
export function readRequest(
  { method, url, headers: written, peer }: WrittenRequest,
  flags: RequestFlags,
  snapshot: CompiledSnapshot,
): AskedRequest {
  if (CONTROL.test(url) || CONTROL.test(method)) {
    throw new UserError('the request has a control character, which no request line can have', EXIT.wrongUse);
  }
  const parts = splitUrl(url);
  const listener = selectListener(snapshot, flags.listener, parts?.port);
  const { scheme, authority, path } = parts ?? {
    scheme: 'http' as const,
    authority: 'localhost',
    path: url === '*' ? url : originForm(url),
  };
  const headers = [...written, ...flags.header].map(splitHeader);
  if (flags.token !== undefined) headers.push(['authorization', `Bearer ${flags.token}`]);
  if (
    parts !== null &&
    parts.userinfo !== '' &&
    !headers.some(([name]) => name.toLowerCase() === 'authorization')
  ) {
    headers.push(['authorization', basicOf(parts.userinfo)]);
  }
  return {
    words: { method, scheme, path, ...withOneHost(authority, headers) },
    connection: {
      remoteAddress: peer ?? '127.0.0.1',
      remotePort: 0,
      localAddress: listener.address.address,
      localPort: listener.address.port,
      serverName: scheme === 'https' ? hostOf(authority) : '',
      tls: scheme === 'https',
    },
    listener: listener.name,
  };
}

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

function splitUrl(url: string) {
  const found = ABSOLUTE.exec(url);
  if (found === null) return null;
  const scheme = (found[1] as string).toLowerCase() as 'http' | 'https';
  const host = found[2] as string;
  const at = host.lastIndexOf('@');
  const authority = host.slice(at + 1);
  const port = /:(\d+)$/.exec(authority)?.[1];
  return {
    scheme,
    authority,
    /** `user:password`, which a client puts into a header. */
    userinfo: host.slice(0, Math.max(0, at)),
    path: found[3] === '' ? '/' : originForm(found[3] as string),
    port: {
      number: port === undefined ? DEFAULT_PORTS[scheme] : Number(port),
      isWritten: port !== undefined,
    },
  };
}

function basicOf(userinfo: string): string {
  return `Basic ${Buffer.from(decodePercent(userinfo)).toString('base64')}`;
}

/** What is no escape stays as it is written. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A written `Host` takes the place of the URL's; two of them are the request's own trouble. */
function withOneHost(authority: string, headers: readonly [string, string][]) {
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host');
  if (hosts.length !== 1) return { authority, headers };
  return {
    authority: (hosts[0] as [string, string])[1],
    headers: headers.filter(([name]) => name.toLowerCase() !== 'host'),
  };
}

function originForm(target: string): string {
  if (target.startsWith('?')) return `/${target}`;
  if (target.startsWith('/')) return target;
  throw new UserError(`\`${target}\` is neither a URL nor a path that starts with a slash`, EXIT.wrongUse);
}

/** By name; else by the URL's port; else the only one, or the first where the URL names no port. */
function selectListener(
  { listeners }: CompiledSnapshot,
  name: string | undefined,
  port: { number: number; isWritten: boolean } | undefined,
) {
  const names = listeners.map((listener) => listener.name).join(', ');
  if (name !== undefined) {
    const named = listeners.find((listener) => listener.name === name);
    if (named !== undefined) return named;
    throw new UserError(`there is no listener \`${name}\`; there are: ${names}`, EXIT.wrongUse);
  }
  const [first] = listeners;
  if (first === undefined) throw new UserError('the configuration has no listener', EXIT.wrongUse);
  const atPort = listeners.find(({ address }) => address.port === port?.number);
  if (atPort !== undefined || port?.isWritten !== true || listeners.length === 1) return atPort ?? first;
  throw new UserError(
    `no listener has port ${port.number}; there are: ${names} (choose one with --listener NAME)`,
    EXIT.wrongUse,
  );
}

function splitHeader(text: string): [name: string, value: string] {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon)).trim();
  if (name === '' || CONTROL.test(name)) {
    throw new UserError('-H takes `name: value`', EXIT.wrongUse);
  }
  const value = text.slice(colon + 1).trim();
  if (!CONTROL.test(value.replaceAll('\t', ' '))) return [name, value];
  throw new UserError(`the header \`${name}\` has a control character`, EXIT.wrongUse);
}

function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '');
}
