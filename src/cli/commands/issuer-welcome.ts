import type { LoadedRealm, RunningIssuer } from '../../server/issuer/index.ts';

type Realm = NonNullable<LoadedRealm['realm']>;

/** Where everything is, and the curl lines to try it with. Never a password. */
export function renderWelcome(running: RunningIssuer, realms: readonly Realm[]): string {
  return [
    `listening on ${running.url}`,
    ...realms.flatMap((realm) => describeRealm(running, realm)),
    '',
  ].join('\n');
}

function describeRealm({ url, issuer }: RunningIssuer, realm: Realm): string[] {
  const issuerUrl = issuer.issuerUrl(realm.name);
  const local = `${url}${new URL(issuerUrl).pathname}`;
  const token = `${local}/protocol/openid-connect/token`;
  const clients = [...realm.clients.values()].filter((client) => client.enabled);
  const direct = clients.find((client) => client.isPublic && client.directAccessGrantsEnabled);
  const machine = clients.find((client) => client.serviceAccountsEnabled);
  return [
    `realm ${realm.name}`,
    `  issuer     ${issuerUrl}`,
    `  discovery  curl -s ${local}/.well-known/openid-configuration`,
    `  keys       curl -s ${local}/protocol/openid-connect/certs`,
    ...(direct
      ? [
          `  log in     curl -s ${token} -d "client_id=${direct.clientId}&grant_type=password&username=…&password=…"`,
        ]
      : []),
    ...(machine
      ? [`  service    curl -s ${token} -u ${machine.clientId}:… -d grant_type=client_credentials`]
      : []),
  ];
}
