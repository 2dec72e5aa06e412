import { STREAM_ERROR, type StreamError, tlsFailure } from '../http/stream-error.ts';

/** What Node says of a socket that failed. */
export interface SocketError {
  message: string;
  code?: string;
  address?: string;
  port?: number;
}

const UNTRUSTED = 'the certificate comes from an authority that is not trusted';

/** OpenSSL's verdicts on a certificate, in words of our own: Node's end in advice on starting Node. */
const CERTIFICATE_WORDS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate vouches for itself and is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  CERT_SIGNATURE_FAILURE: 'the signature of the certificate is wrong',
  CERT_REVOKED: 'the certificate was revoked',
};

const NO_TLS = 'what answers does not speak TLS';
const NO_VERSION = 'there is no version of TLS that both sides take';

const HANDSHAKE_WORDS: Readonly<Record<string, string>> = {
  ...CERTIFICATE_WORDS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: NO_VERSION,
  ERR_SSL_UNSUPPORTED_PROTOCOL: NO_VERSION,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'the other side takes nothing that was offered',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the other side wants a certificate of the client',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'the other side has no certificate for the name in `sni`',
};
const TRUST_CODES = /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_UNTRUSTED)$/;
const TRUST_HINT =
  'trust that authority by `--trust FILE`, or name it in the `validation_context` of the cluster';

const CONNECT_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to the network',
  EADDRNOTAVAIL: 'no local address to connect with',
  EMFILE: 'too many open files',
  ETIMEDOUT: 'no answer to the connection attempt',
};
const REASON_LENGTH_MAX = 200;

/** A plain connection that could not be made. The client hears what Envoy's would; `cause` says more, to logs and tools. */
export function connectFailure(error: SocketError): StreamError {
  const { code, address, port } = error;
  if (code === undefined) return STREAM_ERROR.connectFailure;
  const place = address === undefined ? '' : ` at ${address}${port === undefined ? '' : `:${port}`}`;
  return {
    ...STREAM_ERROR.connectFailure,
    cause: `${CONNECT_WORDS[code] ?? 'no connection'}${place} (${code})`,
  };
}

/** A handshake that failed: of OpenSSL's code and our words; how to mend it is said in `cause` alone. */
export function handshakeFailure(error: SocketError): StreamError {
  const code = error.code ?? 'TLS';
  const words = HANDSHAKE_WORDS[code] ?? otherWords(code, error.message);
  const reason = `${code}: ${words}`.slice(0, REASON_LENGTH_MAX);
  return { ...tlsFailure(reason), cause: TRUST_CODES.test(code) ? `${reason}; ${TRUST_HINT}` : reason };
}

/** Messages of OpenSSL's have an address of memory and a path of its sources in them. */
const otherWords = (code: string, message: string): string =>
  code.startsWith('ERR_SSL_')
    ? code.slice('ERR_SSL_'.length).replaceAll('_', ' ').toLowerCase()
    : (message.split('\n')[0] as string);

/** Everything but what a plain connect could have met too. */
export function isHandshakeError({ code = '' }: SocketError): boolean {
  return !Object.hasOwn(CONNECT_WORDS, code);
}
