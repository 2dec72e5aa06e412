import { HeaderList } from '../../http/header-list.ts';
import { findIllegalField, renderRequestHead } from '../../http/render-request.ts';
import type { RequestHead } from '../../http/request-head.ts';
import { applyHeaderMutations, type HeaderMutations } from '../../route/header-mutation.ts';
import type { FilterStream, UpstreamCaller } from '../filter.ts';
import type { NameList } from './name-list.ts';

/** The service that is asked, and what it is told of a request. */
export interface ServiceSettings {
  cluster: string;
  timeoutMs: number;
  pathPrefix: string;
  /** Besides the method, the path, the host and `authorization`, which it is always told. */
  allowedHeaders: NameList;
  disallowedHeaders: NameList;
  headersToAdd: HeaderMutations | null;
  /** What of its answer goes where. */
  upstreamHeaders: NameList;
  upstreamHeadersToAppend: NameList;
  clientHeaders: NameList;
  clientHeadersOnSuccess: NameList;
  metadataHeaders: NameList;
}

/** What the service said. */
export type Answer =
  | { kind: 'allowed'; headers: HeaderList }
  | { kind: 'denied'; status: number; headers: HeaderList; body: string }
  | { kind: 'error'; why: string };

const BODY_BYTES_MAX = 1024 * 1024;

/** Asks the service about a request (Envoy: ext_authz_http_impl.cc). No answer in time, a broken one and any 5xx are errors. */
export async function askService(
  settings: ServiceSettings,
  upstreams: UpstreamCaller,
  stream: FilterStream,
): Promise<Answer> {
  const question = buildQuestion(settings, stream);
  const illegal = findIllegalField(question, question.path);
  if (illegal !== null) return { kind: 'error', why: illegal };
  const outcome = await upstreams.call(settings.cluster, {
    head: renderRequestHead(question, 'none'),
    isHead: question.method === 'HEAD',
    timeoutMs: settings.timeoutMs,
    bytesMax: BODY_BYTES_MAX,
    signal: stream.signal(),
  });
  if (outcome.kind === 'failure') return { kind: 'error', why: outcome.text };
  const { status, headers, body } = outcome;
  if (status >= 500) return { kind: 'error', why: `it answered ${status}` };
  if (status === 200) return { kind: 'allowed', headers };
  return { kind: 'denied', status, headers, body: body.toString('latin1') };
}

/** The request's own method, host and path, and those of its headers that the service may see. */
function buildQuestion(settings: ServiceSettings, stream: FilterStream): RequestHead {
  const { request } = stream;
  const headers = new HeaderList();
  headers.append('content-length', '0');
  for (const [index, name] of request.headers.names.entries()) {
    if (!isTold(name, settings)) continue;
    const value = request.headers.values[index] as string;
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  if (settings.headersToAdd !== null) applyHeaderMutations(headers, [settings.headersToAdd], stream);
  headers.append('x-envoy-internal', 'true');
  headers.append('x-envoy-expected-rq-timeout-ms', String(settings.timeoutMs));
  return { ...request, path: settings.pathPrefix + request.path, headers };
}

function isTold(name: string, { allowedHeaders, disallowedHeaders }: ServiceSettings): boolean {
  if (name === 'content-length' || disallowedHeaders.has(name)) return false;
  return name === 'authorization' || allowedHeaders.has(name);
}
