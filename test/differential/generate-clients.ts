import type { Json, JsonObject, PlayedClient, PlayedRequest, TlsPlan } from './case.ts';
import { CLIENTS } from './certificates.ts';
import type { Choose } from './choose.ts';
import { generateString } from './generate-matchers.ts';

/** TLS of a listener; most ask for certificates. */
export function generateTls(choose: Choose): TlsPlan {
  const asks = choose.chance(0.85);
  return { asks, requires: asks && choose.chance(0.2), inspects: choose.chance(0.7) };
}

/** Two or three clients take turns, each for some requests: every turn is a handshake. */
export function withClients(
  choose: Choose,
  tls: TlsPlan,
  requests: readonly PlayedRequest[],
): PlayedRequest[] {
  const clients = choose.list(2, 3, () => client(choose, tls));
  let current = choose.pick(clients);
  return requests.map((request) => {
    if (choose.chance(0.2)) current = choose.pick(clients);
    return { ...request, client: current };
  });
}

const client = (choose: Choose, { asks }: TlsPlan): PlayedClient => ({
  certificate: asks && choose.chance(0.85) ? choose.pick(Object.keys(CLIENTS)) : null,
  serverName: choose.pick(['', 'host.test', 'a.test', 'HOST.test']),
});

const all = Object.values(CLIENTS);
const namesOf = (wanted: string) =>
  all.flatMap(({ names }) => names.flatMap(({ type, value }) => (type === wanted ? [String(value)] : [])));
const NAMES = [...namesOf('url'), ...namesOf('dns'), ...all.map(({ subject }) => subject), ''];
const SAN_TYPES: Record<string, readonly string[]> = {
  URI: namesOf('url'),
  DNS: [...namesOf('dns'), 'z.y.test', 'a.z.y.test', 'X.test'],
  EMAIL: ['e@x.test'],
  IP_ADDRESS: ['127.0.0.1', '::1', '0:0:0:0:0:0:0:1'],
};

/** A principal by what a certificate says. */
export function generateCertificateRule(choose: Choose): JsonObject {
  if (choose.chance(0.6)) return { authenticated: { principal_name: generateString(choose, NAMES) } };
  const config: JsonObject = {
    '@type': 'type.googleapis.com/envoy.extensions.rbac.principals.mtls_authenticated.v3.Config',
    ...choose.weighted<JsonObject>([
      [1, () => ({ any_validated_client_certificate: true })],
      [3, () => ({ san_matcher: sanMatcher(choose) })],
      [0.3, () => ({ any_validated_client_certificate: true, san_matcher: sanMatcher(choose) })],
    ]),
  };
  return { custom: { name: 'mtls', typed_config: config } };
}

function sanMatcher(choose: Choose): Json {
  const type = choose.pick(Object.keys(SAN_TYPES));
  return { san_type: type, matcher: generateString(choose, SAN_TYPES[type] ?? ['']) };
}
