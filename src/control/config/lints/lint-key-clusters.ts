import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { HttpUri } from '#schema/envoy/config/core/v3/http_uri_pb.js';
import type { CertificateValidationContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import type { UpstreamTlsContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { typeNameOf } from '../../../resources/index.ts';
import { socketAddresses } from '../checks/check-clusters.ts';
import { type CheckContext, configOf } from '../checks/check-context.ts';
import { nanosOf, renderNanos } from '../rules/duration-text.ts';
import { type JwtFilter, remoteProvidersOf } from './jwt-filters.ts';

/** A connect timeout this many times the fetch's is far longer. */
const FAR_LONGER = 10n;
const ACCEPT_UNTRUSTED = 1;
const UPSTREAM_TLS = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';

/** The clusters that key sets are fetched through: L03, L04, L25 and L26. Each cluster is judged once. */
export function lintKeyClusters(filters: readonly JwtFilter[], context: CheckContext): void {
  const clusters = context.bootstrap.staticResources?.clusters ?? [];
  const judged = new Set<Cluster>();
  for (const { remote } of filters.flatMap(({ jwt }) => remoteProvidersOf(jwt))) {
    const uri = remote.httpUri;
    if (uri === undefined || uri.httpUpstreamType.case !== 'cluster') continue;
    const name = uri.httpUpstreamType.value;
    const cluster = clusters.find((candidate) => candidate.name === name);
    if (cluster === undefined) {
      if (name !== '') complainOfAbsence(name, uri, context);
      continue;
    }
    if (judged.has(cluster)) continue;
    judged.add(cluster);
    lintPlainText(uri, cluster, context);
    lintVerification(cluster, context);
    lintConnectTimeout(uri, cluster, context);
  }
}

function complainOfAbsence(name: string, uri: HttpUri, context: CheckContext): void {
  const meant = context.guess(name, () => context.clusterNames);
  context.complain({
    code: 'unknownJwksCluster',
    severity: 'warning',
    message: `there is no cluster \`${name}\`, so the keys can never be fetched`,
    hint: meant === undefined ? undefined : `did you mean \`${meant}\`?`,
    about: uri,
    field: 'cluster',
    envoy: 'accepts',
  });
}

function lintPlainText(uri: HttpUri, cluster: Cluster, context: CheckContext): void {
  if (!uri.uri.startsWith('https:') || context.isBroken(cluster, 'transport_socket')) return;
  const plain = cluster.transportSocket === undefined;
  const port80 = socketAddresses(cluster).find(
    ({ portSpecifier: port }) => port.case === 'portValue' && port.value === 80,
  );
  if (!plain && port80 === undefined) return;
  context.complain({
    code: 'httpsWithoutTls',
    severity: 'warning',
    message: plain
      ? `\`${uri.uri}\` is fetched in plain text: cluster \`${cluster.name}\` has no TLS \`transport_socket\``
      : `\`${uri.uri}\` is fetched from port 80 of cluster \`${cluster.name}\``,
    hint: plain ? 'add a `transport_socket` with an UpstreamTlsContext' : 'https is port 443',
    about: port80 ?? cluster,
    field: port80 === undefined ? 'name' : 'port_value',
    envoy: 'accepts',
  });
}

/** What a TLS context leaves unchecked, worst first. */
function lintVerification(cluster: Cluster, context: CheckContext): void {
  const socket = cluster.transportSocket?.configType;
  if (socket?.case !== 'typedConfig' || typeNameOf(socket.value) !== UPSTREAM_TLS) return;
  const tls = configOf<UpstreamTlsContext>(socket.value, UPSTREAM_TLS);
  if (tls === undefined || context.isBroken(tls, 'common_tls_context')) return;
  const validation = validationOf(tls);
  if (validation === 'elsewhere') return;
  const verified = validation !== undefined && verifies(validation);
  const gaps = [verified ? '' : '`validation_context`', tls.sni === '' ? '`sni`' : ''].filter(
    (gap) => gap !== '',
  );
  if (gaps.length > 0) complainOfGaps(gaps, verified, cluster, tls, context);
  else if (!namesChecked(validation)) complainOfNames(cluster, validation ?? tls, context);
}

function validationOf(tls: UpstreamTlsContext): CertificateValidationContext | 'elsewhere' | undefined {
  const type = tls.commonTlsContext?.validationContextType;
  if (type?.case === undefined) return undefined;
  return type.case === 'validationContext' ? type.value : 'elsewhere';
}

function verifies(validation: CertificateValidationContext): boolean {
  if (validation.trustChainVerification === ACCEPT_UNTRUSTED) return isPinned(validation);
  return (
    validation.trustedCa !== undefined || validation.systemRootCerts !== undefined || isPinned(validation)
  );
}

const isPinned = (validation: CertificateValidationContext) =>
  validation.verifyCertificateHash.length > 0 || validation.verifyCertificateSpki.length > 0;

function namesChecked(validation: CertificateValidationContext | undefined): boolean {
  if (validation === undefined) return false;
  return (
    validation.matchTypedSubjectAltNames.length > 0 ||
    validation.matchSubjectAltNames.length > 0 ||
    isPinned(validation)
  );
}

function complainOfGaps(
  gaps: readonly string[],
  verified: boolean,
  cluster: Cluster,
  tls: UpstreamTlsContext,
  context: CheckContext,
): void {
  context.complain({
    code: 'unverifiedKeys',
    severity: verified ? 'warning' : 'error',
    message: verified
      ? `cluster \`${cluster.name}\` fetches keys over TLS without ${gaps.join(' and ')}`
      : `cluster \`${cluster.name}\` takes keys from anyone: its TLS has no ${gaps.join(' and no ')}, so whoever sits on the way can mint tokens`,
    hint: 'set `sni`, and `common_tls_context.validation_context` with `trusted_ca` and `match_typed_subject_alt_names`',
    about: tls,
    envoy: 'accepts',
  });
}

function complainOfNames(cluster: Cluster, about: object, context: CheckContext): void {
  context.complain({
    code: 'unverifiedKeys',
    severity: 'warning',
    message: `cluster \`${cluster.name}\` fetches keys from any server with a certificate of these authorities`,
    hint: 'add `match_typed_subject_alt_names` with the name of the key server',
    about,
    envoy: 'accepts',
  });
}

function lintConnectTimeout(uri: HttpUri, cluster: Cluster, context: CheckContext): void {
  const { connectTimeout } = cluster;
  if (connectTimeout === undefined || uri.timeout === undefined) return;
  const [connect, fetch] = [nanosOf(connectTimeout), nanosOf(uri.timeout)];
  if (fetch <= 0n || connect < fetch * FAR_LONGER) return;
  context.complain({
    code: 'longConnectTimeout',
    severity: 'warning',
    message: `\`connect_timeout\` of ${seconds(connect)} is far longer than the ${seconds(fetch)} that the fetch of keys may take`,
    hint: 'a few seconds will do',
    about: connectTimeout,
    envoy: 'accepts',
  });
}

const seconds = (nanos: bigint) =>
  nanos % 1_000_000_000n === 0n ? `${nanos / 1_000_000_000n} s` : renderNanos(nanos);
