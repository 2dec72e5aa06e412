import type { LoadedRealm, RunningIssuer } from '../../server/issuer/index.ts';

type Realm = NonNullable<LoadedRealm['realm']>;

/**
 * Where everything is, and the curl lines to try it with. Never a password.
 * @param tlsCert the file by which curl is to believe the issuer
 */
export function renderWelcome(running: RunningIssuer, realms: readonly Realm[], tlsCert?: string): string {
  return [
    `listening on ${running.url}`,
    ...realms.flatMap((realm) => describeRealm(running, realm, tlsCert)),
    '',
  ].join('\n');
}

function describeRealm({ url, issuer }: RunningIssuer, realm: Realm, tlsCert: string | undefined): string[] {
  const issuerUrl = issuer.issuerUrl(realm.name);
  const [curl, base] = curlTo(url, issuerUrl, tlsCert);
  const token = `${base}/protocol/openid-connect/token`;
  const clients = [...realm.clients.values()].filter((client) => client.enabled);
  const direct = clients.find((client) => client.isPublic && client.directAccessGrantsEnabled);
  const machine = clients.find((client) => client.serviceAccountsEnabled);
  return [
    `realm ${realm.name}`,
    `  issuer     ${issuerUrl}`,
    `  discovery  ${curl} ${base}/.well-known/openid-configuration`,
    `  keys       ${curl} ${base}/protocol/openid-connect/certs`,
    ...(direct
      ? [
          `  log in     ${curl} ${token} -d "client_id=${direct.clientId}&grant_type=password&username=…&password=…"`,
        ]
      : []),
    ...(machine
      ? [`  service    ${curl} ${token} -u ${machine.clientId}:… -d grant_type=client_credentials`]
      : []),
  ];
}

/** A certificate is for the public name, so over TLS curl asks for that one, here. */
function curlTo(url: string, issuerUrl: string, tlsCert: string | undefined): [curl: string, base: string] {
  const [here, there] = [new URL(url), new URL(issuerUrl)];
  if (tlsCert === undefined) return ['curl -s', `${url}${there.pathname}`];
  const trusting = `curl -s --cacert '${tlsCert.replaceAll("'", String.raw`'\''`)}'`;
  if (there.protocol !== here.protocol || there.host === here.host) {
    return [trusting, `${url}${there.pathname}`];
  }
  const move = `${there.hostname}:${there.port || '443'}:${here.hostname}:${here.port || '443'}`;
  return [`${trusting} --connect-to ${move}`, issuerUrl];
}
