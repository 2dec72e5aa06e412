import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
import { isStrictJson, JSON_TEXTS, type JsonText } from '../fixtures/json-texts.ts';
import { keySetOf, rawToken, signText, testJwk } from '../fixtures/raw-token.ts';
import { findEnvoy, startEnvoy } from './envoy-process.ts';
import { FetchedKeySets } from './fetched-key-sets.ts';
import { renderOracleConfig } from './token-verdicts-config.ts';

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
  for (const { name, members, token, bad } of PLACES) {
    it(`in a ${name} say here what they say there, but for rows T4 and T5`, async () => {
      const envoy = await startEnvoy(renderOracleConfig({ all: { issuer: 'i', keys: [jwk] } }));
      const client = new RawClient(envoy.listeners[0]?.port ?? 0);
      const wrong: string[] = [];
      for (const { name: text, write } of JSON_TEXTS) {
        const document = write(members);
        client.send(`GET /all/ HTTP/1.1\r\nhost: h\r\nx-token: ${token(document)}\r\n\r\n`);
        const said = (await client.response())?.body ?? 'no answer';
        const ours = judge(token(document));
        const isStricter = said === 'OK' && ours === bad && !isStrictJson(document);
        if (!isStricter && statusText(ours) !== said) wrong.push(`${text}: ${said}`);
      }
      client.close();
      await envoy.stop();
      assert.deepEqual(wrong, []);
    });
  }

  it('as a key set are read here as they are there', async () => {
    const good = rawToken({ alg: 'ES256', kid: 'k' }, { iss: 'i' }, 'ES256');
    const envoy = await FetchedKeySets.start(keyDocuments.map(bytesOf));
    const wrong: string[] = [];
    for (const [index, { name }] of JSON_TEXTS.entries()) {
      const said = await envoy.ask(index, good);
      if ((said === 'OK') !== verifiesWith(keyDocuments[index] as string)) wrong.push(`${name}: ${said}`);
    }
    await envoy.close();
    assert.deepEqual(wrong, []);
  });
});
