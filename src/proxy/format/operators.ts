import { toByteString } from '../../core/match/index.ts';
import { environmentVariable, hostName } from '../../platform/index.ts';
import { ADDRESS_OPERATORS } from './address-operators.ts';
import type { FormatSource, Progress } from './format-source.ts';
import { compileDynamicMetadata, compileMetadata } from './metadata-operators.ts';
import { type FormatError, type Found, type Operator, operator } from './operator.ts';
import {
  compilePath,
  compileQueryParameter,
  compileRequestHeader,
  compileResponseHeader,
} from './request-operators.ts';
import { longFlags } from './response-flags.ts';
import { compileFilterState } from './state-operator.ts';
import { compileTimeFormat, printTime } from './time-format.ts';

type Find = (source: FormatSource) => Found;

const ofProgress =
  (find: (progress: Progress) => Found): Find =>
  ({ progress }) =>
    progress === undefined ? undefined : find(progress);
const orNothing = (text: string) => (text === '' ? undefined : text);
/** Text of the configuration, in bytes as header values are. */
const inBytes = (text: string) => orNothing(toByteString(text));
const ABSENT = '-';
const orDash = (text: string) => (text === '' ? ABSENT : text);
const since = (from: number | undefined, to: number | undefined) =>
  from === undefined || to === undefined ? undefined : Math.trunc(to - from);
const nothing: Find = () => undefined;
const names = (list: readonly string[] | undefined) =>
  list === undefined || list.length === 0 ? undefined : list.join(',');

/** Operators without an argument. */
const PLAIN: Readonly<Record<string, Find>> = {
  ...ADDRESS_OPERATORS,
  PROTOCOL: () => 'HTTP/1.1',
  UPSTREAM_PROTOCOL: ofProgress(({ upstream }) => (upstream === null ? undefined : 'HTTP/1.1')),
  RESPONSE_CODE: ofProgress(({ status }) => status),
  RESPONSE_CODE_DETAILS: ofProgress(({ details }) => inBytes(details)),
  RESPONSE_FLAGS: ofProgress(({ flags }) => orDash(flags)),
  RESPONSE_FLAGS_LONG: ofProgress(({ flags }) => orDash(longFlags(flags))),
  UPSTREAM_CLUSTER: ofProgress(({ observedClusterName }) => inBytes(observedClusterName)),
  UPSTREAM_CLUSTER_RAW: ofProgress(({ clusterName }) => inBytes(clusterName)),
  UPSTREAM_REQUEST_ATTEMPT_COUNT: ofProgress(({ attempts }) => attempts),
  UPSTREAM_TRANSPORT_FAILURE_REASON: ofProgress(({ transportFailure }) => orNothing(transportFailure)),
  DOWNSTREAM_TRANSPORT_FAILURE_REASON: nothing,
  REQUESTED_SERVER_NAME: ({ connection }) => orNothing(connection.serverName),
  ROUTE_NAME: ({ route }) => inBytes(route?.name ?? ''),
  BYTES_RECEIVED: ofProgress(({ bytesReceived }) => bytesReceived),
  BYTES_SENT: ofProgress(({ bytesSent }) => bytesSent),
  DURATION: ofProgress(({ durationMs }) => Math.trunc(durationMs)),
  REQUEST_DURATION: ofProgress(({ requestEndMs }) => since(0, requestEndMs)),
  REQUEST_TX_DURATION: ofProgress(({ requestSentMs }) => since(0, requestSentMs)),
  RESPONSE_DURATION: ofProgress(({ responseMs }) => since(0, responseMs)),
  RESPONSE_TX_DURATION: ofProgress(({ responseMs, durationMs }) => since(responseMs, durationMs)),
  STREAM_ID: ({ request }) => orNothing(request.headers.get('x-request-id') ?? ''),
  TRACE_ID: nothing,
  SPAN_ID: nothing,
  LOCAL_REPLY_BODY: ({ progress }) => progress?.localBody ?? '',
  DOWNSTREAM_PEER_URI_SAN: ({ connection }) => names(connection.peer?.uriNames),
  DOWNSTREAM_PEER_DNS_SAN: ({ connection }) => names(connection.peer?.dnsNames),
  DOWNSTREAM_PEER_EMAIL_SAN: ({ connection }) => names(connection.peer?.emails),
  DOWNSTREAM_PEER_IP_SAN: ({ connection }) => names(connection.peer?.ipAddresses),
  DOWNSTREAM_PEER_SUBJECT: ({ connection }) => orNothing(connection.peer?.subject ?? ''),
};

type Compile = (argument: string, length?: number) => Operator | FormatError;

/** Operators that need an argument. */
const WITH_ARGUMENT: Readonly<Record<string, Compile>> = {
  REQ: compileRequestHeader,
  REQUEST_HEADER: compileRequestHeader,
  RESP: compileResponseHeader,
  RESPONSE_HEADER: compileResponseHeader,
  DYNAMIC_METADATA: compileDynamicMetadata,
  METADATA: compileMetadata,
  QUERY_PARAM: compileQueryParameter,
  FILTER_STATE: compileFilterState,
  ENVIRONMENT: compileEnvironment,
};

/** Operators whose argument may be left out. */
const MAYBE_ARGUMENT: Readonly<Record<string, Compile>> = {
  PATH: compilePath,
  QUERY_PARAMS: (argument) =>
    argument === ''
      ? operator(({ request }) => queryOf(request.path))
      : { error: `\`${argument}\` of QUERY_PARAMS is not supported`, envoy: 'accepts' },
  START_TIME: (argument, length) =>
    length === undefined ? compileTime(argument, ({ startMs }) => startMs) : noLength('START_TIME'),
  EMIT_TIME: (argument, length) =>
    length === undefined ? compileTime(argument, ({ nowMs }) => nowMs) : noLength('EMIT_TIME'),
  HOSTNAME: (argument, length) => {
    if (argument !== '' || length !== undefined) return takesNothing('HOSTNAME');
    const name = hostName();
    return operator(() => name);
  },
};

/** What Envoy 1.40 has besides. */
const NOT_DONE = new Set(
  'CONNECTION_ID UPSTREAM_CONNECTION_ID VIRTUAL_CLUSTER_NAME UPSTREAM_METADATA CLUSTER_METADATA UPSTREAM_FILTER_STATE CEL COALESCE TRAILER RESPONSE_TRAILER GRPC_STATUS GRPC_STATUS_NUMBER REQUEST_HEADERS_BYTES RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES CONNECTION_TERMINATION_DETAILS ACCESS_LOG_TYPE UNIQUE_ID FILTER_CHAIN_NAME LISTENER_NAME DOWNSTREAM_TLS_VERSION DOWNSTREAM_TLS_CIPHER DOWNSTREAM_TLS_SESSION_ID DOWNSTREAM_PEER_FINGERPRINT_1 DOWNSTREAM_PEER_FINGERPRINT_256 DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_ISSUER DOWNSTREAM_PEER_CERT DOWNSTREAM_PEER_CERT_V_START DOWNSTREAM_PEER_CERT_V_END DOWNSTREAM_PEER_OTHERNAME_SAN DOWNSTREAM_LOCAL_URI_SAN DOWNSTREAM_LOCAL_DNS_SAN DOWNSTREAM_LOCAL_IP_SAN DOWNSTREAM_LOCAL_EMAIL_SAN DOWNSTREAM_LOCAL_OTHERNAME_SAN DOWNSTREAM_LOCAL_SUBJECT DOWNSTREAM_HANDSHAKE_DURATION COMMON_DURATION ROUNDTRIP_DURATION UPSTREAM_CONNECTION_POOL_READY_DURATION UPSTREAM_HOSTS_ATTEMPTED UPSTREAM_WIRE_BYTES_SENT UPSTREAM_WIRE_BYTES_RECEIVED UPSTREAM_HEADER_BYTES_SENT UPSTREAM_HEADER_BYTES_RECEIVED DOWNSTREAM_WIRE_BYTES_SENT DOWNSTREAM_WIRE_BYTES_RECEIVED DOWNSTREAM_HEADER_BYTES_SENT DOWNSTREAM_HEADER_BYTES_RECEIVED UPSTREAM_TLS_VERSION UPSTREAM_TLS_CIPHER UPSTREAM_TLS_SESSION_ID UPSTREAM_PEER_SUBJECT UPSTREAM_PEER_ISSUER UPSTREAM_PEER_CERT UPSTREAM_DETECTED_CLOSE_TYPE DOWNSTREAM_DETECTED_CLOSE_TYPE CUSTOM_FLAGS TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT BYTES_RETRANSMITTED PACKETS_RETRANSMITTED DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID UPSTREAM_PEER_URI_SAN UPSTREAM_PEER_DNS_SAN UPSTREAM_PEER_IP_SAN UPSTREAM_LOCAL_URI_SAN UPSTREAM_LOCAL_DNS_SAN UPSTREAM_LOCAL_IP_SAN DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1 DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256 DOWNSTREAM_PEER_CHAIN_SERIALS START_TIME_LOCAL EMIT_TIME_LOCAL'.split(
    ' ',
  ),
);

/** Compiles one operator, without its length. */
export function compileOperator(
  name: string,
  argument: string | undefined,
  length: number | undefined,
): Operator | FormatError {
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (plain !== undefined) {
    if ((argument ?? '') === '' && length === undefined) return operator(plain);
    return argumentRefusal(name, argument ?? '', length);
  }
  const withArgument = Object.hasOwn(WITH_ARGUMENT, name) ? WITH_ARGUMENT[name] : undefined;
  if (withArgument !== undefined) {
    if (argument !== undefined && (argument !== '' || name === 'FILTER_STATE'))
      return withArgument(argument, length);
    return { error: `${name} requires parameters`, envoy: 'refuses' };
  }
  const maybe = Object.hasOwn(MAYBE_ARGUMENT, name) ? MAYBE_ARGUMENT[name] : undefined;
  if (maybe !== undefined) return maybe(argument ?? '', length);
  if (NOT_DONE.has(name)) return { error: `\`${name}\` is not supported`, envoy: 'accepts' };
  return { error: `not supported field in StreamInfo: ${name}`, envoy: 'refuses' };
}

const takesNothing = (name: string): FormatError => ({
  error: `${name} does not take any parameters or length`,
  envoy: 'refuses',
});

const noLength = (name: string): FormatError => ({
  error: `${name} does not allow length to be specified`,
  envoy: 'refuses',
});

/** What Envoy 1.40 lets follow some of the names. */
function argumentRefusal(name: string, argument: string, length: number | undefined): FormatError {
  const isTaken = length === undefined && argument !== '' && TAKES[name]?.test(argument) === true;
  return isTaken
    ? { error: `\`${argument}\` of ${name} is not supported`, envoy: 'accepts' }
    : takesNothing(name);
}

const ANYTHING = /(?:)/;
const TAKES: Readonly<Record<string, RegExp>> = {
  RESPONSE_CODE_DETAILS: ANYTHING,
  REQUESTED_SERVER_NAME: /^(?:SNI_ONLY|SNI_FIRST|HOST_FIRST)?(?::(?:ORIG|HOST|ORIG_OR_HOST)?(?::|$)|$)/,
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ANYTHING,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: ANYTHING,
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: ANYTHING,
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT: ANYTHING,
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ANYTHING,
  UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: ANYTHING,
};

function compileTime(format: string, timeOf: (progress: Progress) => number): Operator | FormatError {
  if (format === '') return operator(ofProgress((progress) => printTime(timeOf(progress))));
  const compiled = compileTimeFormat(format);
  if ('unsupported' in compiled)
    return { error: `\`${compiled.unsupported}\` in a time's format is not supported`, envoy: 'accepts' };
  return operator(ofProgress((progress) => compiled.print(timeOf(progress))));
}

/** What stands for a variable that is not there is never cut, and an empty one is there (Envoy: EnvironmentFormatter). */
function compileEnvironment(name: string, length?: number): Operator {
  const value = environmentVariable(name);
  const text = value === undefined ? ABSENT : toByteString(value).slice(0, length);
  return { ...operator(() => text), cutsItself: true };
}

function queryOf(path: string): string | undefined {
  const question = path.indexOf('?');
  return question < 0 ? undefined : path.slice(question + 1);
}
