import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  parseJwksBytes,
  parseToken,
  STATUS,
  type Status,
  statusText,
  verifySignature,
} from '../../src/core/jwt/index.ts';
import { nodeCrypto } from '../../src/platform/index.ts';
import { RawClient } from '../e2e/raw-exchange.ts';
import { bootstrapOf, clusterOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { isStrictJson, JSON_TEXTS, type JsonText } from '../fixtures/json-texts.ts';
import { keySetOf, rawToken, signText, testJwk } from '../fixtures/raw-token.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from './envoy-process.ts';
import { type Origin, startOrigin } from './origin.ts';

const jwk = testJwk('ES256', { kid: 'k' });
const keySet = keySetOf(jwk);
const bytesOf = (document: string) => Buffer.from(document, 'latin1');
const encode = (document: string) => bytesOf(document).toString('base64url');

/** A place for a document that is text from others, and what each side says with it there. */
interface Place {
  name: string;
  /** What a document has to have there to be good. */
  members: string;
  /** A token with the document in it. */
  token(document: string): string;
  bad: Status;
}

const PLACES: readonly Place[] = [
  {
    name: 'header',
    members: '"alg":"ES256"',
    token: (document) => signText(`${encode(document)}.${encode('{"iss":"i"}')}`, 'ES256'),
    bad: STATUS.jwtHeaderBadJson,
  },
  {
    name: 'payload',
    members: '"iss":"i"',
    token: (document) => signText(`${encode('{"alg":"ES256"}')}.${encode(document)}`, 'ES256'),
    bad: STATUS.jwtPayloadBadJson,
  },
];

function judge(text: string): Status {
  const token = parseToken(text);
  if (typeof token === 'number') return token;
  return token.claims.iss === 'i' ? verifySignature(token, keySet).status : STATUS.jwtIssuerNotConfigured;
}

/** Whether the key is found in a key set, to verify a token. */
function verifiesWith(document: string): boolean {
  const keys = parseJwksBytes(bytesOf(document), nodeCrypto);
  const token = parseToken(rawToken({ alg: 'ES256', kid: 'k' }, { iss: 'i' }, 'ES256'));
  assert.ok(typeof token !== 'number');
  return typeof keys !== 'number' && verifySignature(token, keys).status === STATUS.ok;
}

const keyDocuments = JSON_TEXTS.map(({ write }) => write(`"keys":[${JSON.stringify(jwk)}]`));
const namesWhere = (holds: (text: JsonText, index: number) => boolean) =>
  JSON_TEXTS.filter(holds).map(({ name }) => name);

/** JSON that says something else than what the place wants: a list, an object around it. */
const isElsewhere = (name: string) =>
  /^the document (in a list|in an object|as a string|as a protobuf struct)$/.test(name);

describe(`${JSON_TEXTS.length} texts that are JSON or are not`, () => {
  for (const { name: place, members, token, bad } of PLACES) {
    it(`are taken as a token's ${place} where they are JSON to the letter, and only there`, () => {
      const wrong = namesWhere(({ name, write }) => {
        const document = write(members);
        const status = judge(token(document));
        return (status === STATUS.ok) !== (isStrictJson(document) && !isElsewhere(name));
      });
      assert.deepEqual(wrong, []);
    });

    it(`are told as bad JSON of the ${place} where they are none`, () => {
      const wrong = namesWhere(({ write }) => {
        const document = write(members);
        return !isStrictJson(document) && judge(token(document)) !== bad;
      });
      assert.deepEqual(wrong, []);
    });
  }

  it('are taken as a key set wherever they are JSON to the letter', () => {
    const wrong = namesWhere(({ name }, index) => {
      const document = keyDocuments[index] as string;
      return isStrictJson(document) && !isElsewhere(name) && !verifiesWith(document);
    });
    assert.deepEqual(wrong, []);
  });
});

describe('the same texts beside the real Envoy', { skip: findEnvoy() === null }, () => {
  let envoy: EnvoyProcess;
  let keyServer: Origin;

  before(async () => {
    keyServer = await startOrigin(({ url }, response) =>
      response.end(bytesOf(keyDocuments[Number(url.slice(1))] as string)),
    );
    envoy = await startEnvoy(bootstrap(keyServer.port));
  });
  after(async () => {
    await envoy?.stop();
    await keyServer?.close();
  });

  /** Names of those for which what Envoy says is not what is wanted. */
  async function namesWhereEnvoy(
    listener: string,
    request: (text: JsonText, index: number) => { path: string; token: string },
    isWrong: (said: string, text: JsonText, index: number) => boolean,
  ): Promise<string[]> {
    const client = new RawClient(envoy.listeners.find(({ name }) => name === listener)?.port ?? 0);
    const wrong: string[] = [];
    for (const [index, text] of JSON_TEXTS.entries()) {
      const { path, token } = request(text, index);
      client.send(`GET ${path} HTTP/1.1\r\nhost: h\r\nx-token: ${token}\r\n\r\n`);
      const said = (await client.response())?.body ?? 'no answer';
      if (isWrong(said, text, index)) wrong.push(`${text.name}: ${said}`);
    }
    client.close();
    return wrong;
  }

  for (const { name, members, token, bad } of PLACES) {
    it(`in a ${name} say here what they say there, but for rows T4 and T5`, async () => {
      const wrong = await namesWhereEnvoy(
        'tokens',
        ({ write }) => ({ path: '/', token: token(write(members)) }),
        (said, { write }) => {
          const ours = judge(token(write(members)));
          const isStricter = said === 'OK' && ours === bad && !isStrictJson(write(members));
          return !isStricter && statusText(ours) !== said;
        },
      );
      assert.deepEqual(wrong, []);
    });
  }

  it('as a key set are read here as they are there', async () => {
    const good = rawToken({ alg: 'ES256', kid: 'k' }, { iss: 'i' }, 'ES256');
    const wrong = await namesWhereEnvoy(
      'key-sets',
      (_, index) => ({ path: `/${index}`, token: good }),
      (said, _, index) => (said === 'OK') !== verifiesWith(keyDocuments[index] as string),
    );
    assert.deepEqual(wrong, []);
  });
});

/** A listener with the key at hand, and one where each path has the keys of one document. */
function bootstrap(keyPort: number): string {
  const routes = [
    { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'OK' } } },
  ];
  const listener = (name: string, sources: object[]) => {
    const providers = Object.fromEntries(
      sources.map((source, index) => [
        `p${index}`,
        { issuer: 'i', from_headers: [{ name: 'x-token' }], ...source },
      ]),
    );
    const rules = sources.map((_, index) => ({
      match: sources.length === 1 ? { prefix: '/' } : { path: `/${index}` },
      requires: { provider_name: `p${index}` },
    }));
    const jwt = extension('filters.http.jwt_authn.v3.JwtAuthentication', { providers, rules });
    return listenerOf(name, [managerOf({ routes, filters: [jwt] })]);
  };
  const fetched = keyDocuments.map((_, index) => ({
    remote_jwks: { http_uri: { uri: `http://keys.test/${index}`, cluster: 'keys', timeout: '5s' } },
  }));
  const local = { local_jwks: { inline_string: JSON.stringify({ keys: [jwk] }) } };
  return bootstrapOf(
    [listener('tokens', [local]), listener('key-sets', fetched)],
    [clusterOf('keys', keyPort)],
  );
}
