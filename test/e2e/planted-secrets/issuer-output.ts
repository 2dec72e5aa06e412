import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../gate-process.ts';
import { startCli } from './cli-process.ts';
import { configured, issued, type Secret, sent, tokens } from './secrets.ts';
import { requestText, sendRaw } from './send-raw.ts';

const BASE = '/auth/realms/planted/protocol/openid-connect';

const realm = {
  realm: 'planted',
  clients: [
    { clientId: 'app', publicClient: true, directAccessGrantsEnabled: true },
    { clientId: 'machine', secret: issued.clientSecret, serviceAccountsEnabled: true },
  ],
  users: [{ username: 'alice', credentials: [{ type: 'password', value: issued.userPassword }] }],
  components: {
    'org.keycloak.keys.KeyProvider': [
      { name: 'rsa', providerId: 'rsa', config: { privateKey: [issued.realmKey], algorithm: ['RS256'] } },
      {
        name: 'hmac',
        providerId: 'hmac',
        config: { secret: [configured.hmacKey], kid: ['h'], algorithm: ['HS256'] },
      },
    ],
  },
};

const brokenRealms: Readonly<Record<string, string>> = {
  'secrets of the wrong type': JSON.stringify({
    ...realm,
    clients: [{ clientId: 'a', secret: [issued.brokenSecret], publicClient: issued.brokenPassword }],
    users: [
      {
        username: 'b',
        enabled: issued.brokenSecret,
        credentials: [{ type: 'password', value: { a: issued.brokenPassword } }],
      },
    ],
  }),
  'secrets under wrong names': `
realm: planted
users: [{username: a, pasword: ${issued.brokenPassword}, credentials: [{typ: password, valu: ${issued.brokenPassword}}]}]
clients: [{clientId: a, secrets: ${issued.brokenSecret}}]
`,
  'keys that are none': JSON.stringify({
    ...realm,
    components: {
      'org.keycloak.keys.KeyProvider': [
        {
          name: 'rsa',
          providerId: 'rsa',
          config: { privateKey: [issued.realmKey.slice(0, 500)], algorithm: [issued.brokenSecret] },
        },
        { name: 'hmac', providerId: 'hmac', config: { secret: [issued.brokenSecret], algorithm: ['XS256'] } },
        { name: 'nothing', providerId: issued.brokenSecret, config: { privateKey: issued.realmKey } },
      ],
    },
    users: [
      {
        username: 'a',
        credentials: [
          { type: 'password', secretData: issued.brokenPassword, credentialData: issued.brokenSecret },
        ],
      },
    ],
  }),
  'no JSON': JSON.stringify(realm).replaceAll('"}', `" ${issued.brokenSecret}}`),
};

/** Runs an issuer, asks it well and badly, and collects its log, its errors and what it says of broken realms. Tokens that it gives are secrets too. */
export async function issuerOutput(
  folder: string,
): Promise<{ outputs: Map<string, string>; given: Secret[] }> {
  const outputs = new Map<string, string>();
  const given: Secret[] = [];
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  for (const [name, text] of Object.entries(brokenRealms)) {
    const issuer = startCli([
      'issuer',
      '--realm',
      write(`${name}.yaml`, text),
      '--listen',
      `127.0.0.1:${await findFreePort()}`,
    ]);
    await issuer.said(/\n/).catch(() => undefined);
    await issuer.stop();
    outputs.set(`the issuer about ${name}`, issuer.text());
  }
  const port = await findFreePort();
  const issuer = startCli([
    'issuer',
    '--realm',
    write('realm.json', JSON.stringify(realm)),
    '--listen',
    `127.0.0.1:${port}`,
  ]);
  try {
    await issuer.said(/listening on/);
    const login = await form(port, {
      grant_type: 'password',
      client_id: 'app',
      username: 'alice',
      password: issued.userPassword,
    });
    given.push(...tokensIn(login));
    const refreshToken = String(JSON.parse(login.slice(login.indexOf('{')))['refresh_token']);
    const refreshed = await form(port, {
      grant_type: 'refresh_token',
      client_id: 'app',
      refresh_token: refreshToken,
    });
    given.push(...tokensIn(refreshed));
    await sendRaw(port, scopeRequest);
    for (const [name, text] of badRequests(refreshToken))
      outputs.set(`the issuer's reply to ${name}`, await sendRaw(port, text));
    for (const path of [
      '/auth/realms/planted',
      `${BASE}/certs`,
      '/auth/realms/planted/.well-known/openid-configuration',
      '/metrics',
    ]) {
      outputs.set(`the issuer's ${path}`, await sendRaw(port, requestText(`GET ${path}`)));
    }
  } finally {
    await issuer.stop();
  }
  return { outputs: outputs.set("the issuer's log", issuer.text()), given };
}

const FORM = 'Content-Type: application/x-www-form-urlencoded';
const post = (body: string, ...fields: string[]) =>
  requestText(`POST ${BASE}/token`, [FORM, ...fields], body);
const form = (port: number, words: Record<string, string>) =>
  sendRaw(port, post(String(new URLSearchParams(words))));

function tokensIn(reply: string): Secret[] {
  const body = JSON.parse(reply.slice(reply.indexOf('{'))) as Record<string, unknown>;
  return ['access_token', 'refresh_token'].map((name) => ({
    name: `given ${name}`,
    text: String(body[name]),
  }));
}

/** The reply names the scope, as Keycloak's does; the log does not. */
const scopeRequest = post(
  `grant_type=password&client_id=app&username=alice&password=${issued.userPassword}&scope=${issued.clientSecret}`,
);

function badRequests(refreshToken: string): [name: string, text: string][] {
  const user = `username=alice&password=${issued.wrongPassword}`;
  const basic = (secret: string) => `Authorization: Basic ${btoa(`machine:${secret}`)}`;
  return [
    ['a wrong password', post(`grant_type=password&client_id=app&${user}`)],
    [
      'a password for nobody',
      post(
        `grant_type=password&client_id=app&username=${sent.queryPassword}&password=${issued.userPassword}`,
      ),
    ],
    ['a password in place of the grant', post(`grant_type=${issued.userPassword}&client_id=app`)],
    [
      'a password in place of the client',
      post(`grant_type=password&client_id=${issued.userPassword}&${user}`),
    ],
    ['a wrong secret', post('grant_type=client_credentials', basic(issued.wrongClientSecret))],
    [
      'a wrong secret in the form',
      post(`grant_type=client_credentials&client_id=machine&client_secret=${issued.wrongClientSecret}`),
    ],
    ['a broken header', post('grant_type=client_credentials', `Authorization: Basic ${issued.clientSecret}`)],
    [
      'an unknown refresh token',
      post(`grant_type=refresh_token&client_id=app&refresh_token=${issued.refreshToken}`),
    ],
    ['a spoilt refresh token', post(`grant_type=refresh_token&client_id=app&refresh_token=${refreshToken}x`)],
    [
      'a token for a refresh token',
      post(`grant_type=refresh_token&client_id=app&refresh_token=${tokens.good}`),
    ],
    [
      'an assertion that is none',
      post(
        `grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=${tokens.forged}`,
      ),
    ],
    [
      'a broken form',
      post(
        `grant_type=password&%zz=${issued.wrongPassword}&password=${issued.userPassword}&password=${issued.wrongPassword}`,
      ),
    ],
    [
      'JSON for a form',
      requestText(
        `POST ${BASE}/token`,
        ['Content-Type: application/json'],
        JSON.stringify({ password: issued.userPassword }),
      ),
    ],
    [
      'a password in the query',
      requestText(`GET ${BASE}/token?${user}&client_secret=${issued.clientSecret}`),
    ],
    ['a token for nobody', requestText(`GET ${BASE}/userinfo`, [`Authorization: Bearer ${tokens.good}`])],
    ['a bad request', `POST ${BASE}/token HTTP/1.1\r\nHost: a\r\n${sent.malformed}\r\n\r\n`],
  ];
}
