import { randomBytes } from 'node:crypto';
import { create, type JsonObject, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { CheckRequestSchema } from '#schema/envoy/service/auth/v3/external_auth_pb.js';
import type { FilterStream, PeerIdentity } from '../filter.ts';
import type { Question } from './authorizer.ts';
import { PARTIAL_BODY, type ToldBody } from './body-settings.ts';
import { utf8Text } from './utf8-text.ts';

/** What a CheckRequest says besides the request. */
export interface CheckSettings {
  /** Of the metadata that filters wrote. */
  metadataNamespaces: readonly string[];
  /** Of the route's. */
  routeMetadataNamespaces: readonly string[];
  includesTlsSession: boolean;
  /** The client's certificate. */
  includesCertificate: boolean;
  /** Every line as it came, instead of one text for each name. */
  rawHeaders: boolean;
}

/** Builds the question as Envoy fills it in (check_request_utils.cc). */
export function buildCheckRequest(
  settings: CheckSettings,
  stream: FilterStream,
  question: Question,
): Uint8Array {
  const { connection, request, clock, metadataIfAny, route } = stream;
  const service = request.headers.get('x-envoy-downstream-service-cluster');
  const message = create(CheckRequestSchema, {
    attributes: {
      source: {
        address: addressOf(connection.remoteAddress, connection.remotePort),
        principal: principalOf(connection.peer),
        service: utf8Text(service ?? ''),
        certificate: settings.includesCertificate ? encodedPem(connection.certificates?.peerPem ?? '') : '',
      },
      destination: {
        address: addressOf(connection.localAddress, connection.localPort),
        principal: principalOf(connection.certificates?.local),
      },
      request: {
        time: timestampFromMs(clock.now()),
        http: {
          id: randomBytes(8).readBigUInt64BE().toString(),
          method: request.method,
          path: utf8Text(request.path),
          host: utf8Text(request.authority),
          scheme: request.scheme,
          protocol: 'HTTP/1.1',
          ...headersOf(stream, question, settings.rawHeaders),
          ...bodyOf(question.body),
        },
      },
      contextExtensions: question.extensions,
      metadataContext: metadataContext(metadataIfAny, settings.metadataNamespaces),
      routeMetadataContext: metadataContext(route?.metadata ?? null, settings.routeMetadataNamespaces),
      ...(settings.includesTlsSession ? { tlsSession: { sni: connection.spelledName ?? '' } } : {}),
    },
  });
  return toBinary(CheckRequestSchema, message);
}

function addressOf(address: string, port: number) {
  const value = { address, portSpecifier: { case: 'portValue' as const, value: port } };
  return { address: { case: 'socketAddress' as const, value } };
}

const principalOf = (names: PeerIdentity | null | undefined): string =>
  names?.uriNames[0] ?? names?.dnsNames[0] ?? names?.subject ?? '';

/** The characters that Envoy encodes, and no others (Envoy: cert_validator, urlEncodedPemEncodedPeerCertificate). */
const ENCODED = /[\n +/=]/g;

const encodedPem = (pem: string) => pem.replaceAll(ENCODED, (char) => encodeURIComponent(char));

function bodyOf(body: ToldBody | null) {
  if (body === null) return {};
  const size = BigInt(body.size);
  return body.asBytes
    ? { size, rawBody: body.bytes }
    : { size, body: utf8Text(body.bytes.toString('latin1')) };
}

function headersOf({ request }: FilterStream, { told, body }: Question, raw: boolean) {
  const { allowed, disallowed, always } = told;
  const { names, values } = request.headers;
  const scheme = [[':scheme', request.scheme]] as const;
  // The scheme of a target in absolute form is known as soon as the target is read (Envoy: http1/codec_impl.cc, handlePath).
  const isAbsolute = (request.targetScheme ?? '') !== '';
  const own = [
    [':authority', request.authority],
    ...(isAbsolute ? scheme : []),
    [':path', request.path],
    [':method', request.method],
    ...(isAbsolute ? [] : scheme),
  ] as const;
  const lines = [...own, ...names.map((name, index) => [name, values[index] as string] as const)].filter(
    ([name]) =>
      name !== PARTIAL_BODY &&
      !disallowed.has(name) &&
      (allowed === null || always.has(name) || allowed.has(name)),
  );
  if (body !== null) lines.push([PARTIAL_BODY, String(body.isPartial)]);
  if (raw) {
    const headers = lines.map(([key, value]) => ({ key, rawValue: Buffer.from(value, 'latin1') }));
    return { headerMap: { headers } };
  }
  const headers = new Map<string, string>();
  for (const [name, value] of lines) {
    const before = headers.get(name);
    headers.set(name, before === undefined ? utf8Text(value) : `${before},${utf8Text(value)}`);
  }
  return { headers: Object.fromEntries(headers) };
}

type Metadata = { get(namespace: string): ReadonlyMap<string, unknown> | undefined } | null;

function metadataContext(metadata: Metadata, namespaces: readonly string[]) {
  const found = namespaces.flatMap((namespace): [string, JsonObject][] => {
    const entries = metadata?.get(namespace);
    return entries === undefined ? [] : [[namespace, Object.fromEntries(entries) as JsonObject]];
  });
  return { filterMetadata: Object.fromEntries(found) };
}
