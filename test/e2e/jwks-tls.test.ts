import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type CertifiedKey, DevelopmentAuthority } from '../../src/platform/certificates.ts';
import { parseConnectTo, parseListenMove } from '../../src/server/index.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { createRsaPair, createSelfSigned } from './certificates.ts';
import { FUNNEL_ISSUER, frontProxyFile } from './front-proxy-config.ts';
import { findFreePort, startGateProcess } from './gate-process.ts';
import { exchange } from './raw-exchange.ts';
import { createTokenSigner, EXPIRES_LATE } from './token-signer.ts';

const KEY_SERVER = 'auth.funnel-labs.io';
const SERVICE = 'www.envoyproxy.io';
const signer = createTokenSigner('RS256');
const token = signer.sign({ iss: FUNNEL_ISSUER, sub: 'demo', exp: EXPIRES_LATE });
const request = `GET / HTTP/1.1\r\nhost: gate.test\r\nauthorization: Bearer ${token}\r\n\r\n`;

const [authority, stranger] = await Promise.all([
  DevelopmentAuthority.create('ours'),
  DevelopmentAuthority.create('a stranger'),
]);
const [soundRsa, shortKey, sha1] = await Promise.all([
  createRsaPair(KEY_SERVER, {}),
  createRsaPair(KEY_SERVER, { bits: 1024 }),
  createRsaPair(KEY_SERVER, { hash: 'SHA-1' }),
]);
const trusted = [authority.certificate, soundRsa.authority, shortKey.authority, sha1.authority].join('\n');
const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-12-31') };
const future = { notBefore: new Date('2090-01-01'), notAfter: new Date('2091-01-01') };

interface Case {
  name: string;
  given: CertifiedKey;
  want: number;
}

const cases: Case[] = [
  { name: 'a good certificate', given: await authority.issue({ names: [KEY_SERVER] }), want: 200 },
  {
    name: 'the right name among others',
    given: await authority.issue({ names: ['other.test', KEY_SERVER] }),
    want: 200,
  },
  {
    name: 'a wildcard for its domain',
    given: await authority.issue({ names: ['*.funnel-labs.io'] }),
    want: 200,
  },
  { name: 'an RSA certificate', given: soundRsa.leaf, want: 200 },
  { name: 'an RSA key of 1024 bits', given: shortKey.leaf, want: 401 },
  { name: 'a signature over SHA-1', given: sha1.leaf, want: 401 },
  {
    name: 'a wildcard that is part of a label',
    given: await authority.issue({ names: ['*uth.funnel-labs.io'] }),
    want: 401,
  },
  { name: 'a wrong name', given: await authority.issue({ names: ['other.test'] }), want: 401 },
  {
    name: 'the name as a prefix',
    given: await authority.issue({ names: [`${KEY_SERVER}.test`] }),
    want: 401,
  },
  {
    name: 'its address instead of its name',
    given: await authority.issue({ names: ['127.0.0.1'] }),
    want: 401,
  },
  { name: 'a wildcard one level up', given: await authority.issue({ names: ['*.io'] }), want: 401 },
  {
    name: 'an expired certificate',
    given: await authority.issue({ names: [KEY_SERVER], ...past }),
    want: 401,
  },
  { name: 'one not valid yet', given: await authority.issue({ names: [KEY_SERVER], ...future }), want: 401 },
  { name: 'a self-signed certificate', given: await createSelfSigned(KEY_SERVER), want: 401 },
  { name: "a stranger's certificate", given: await stranger.issue({ names: [KEY_SERVER] }), want: 401 },
];

async function startTlsServer(
  certified: CertifiedKey,
  body: string,
  options: ServerOptions = {},
): Promise<{ server: Server; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer(
    // A server that may show anything: it is the gate that judges.
    { cert: certified.certificate, key: certified.privateKey, ciphers: 'DEFAULT@SECLEVEL=0', ...options },
    (incoming, response) => {
      requests.push(incoming.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    },
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, requests };
}

/** TLS 1.2 with one cipher. */
const oldCipher = (ciphers: string): ServerOptions => ({ maxVersion: 'TLSv1.2', ciphers });

const portOf = (server: Server) => (server.address() as AddressInfo).port;

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const articleFile = readFileSync(frontProxyFile, 'utf8');

/** The article's file with what its key server's transport socket leaves out. */
function withContext(trustFile: string | null): string {
  const validation = {
    trusted_ca: { filename: trustFile },
    match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: KEY_SERVER } }],
  };
  const context = {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
    sni: KEY_SERVER,
    common_tls_context: { validation_context: trustFile === null ? {} : validation },
  };
  const name = '      name: envoy.transport_sockets.tls\n';
  return articleFile.replace(name, `${name}      typed_config: ${JSON.stringify(context)}\n`);
}

describe("the article's file, with a key server that shows", () => {
  const { path: folder } = temporaryFolder();
  const trustFile = join(folder, 'authority.pem');
  let service: Server;
  let lastLog = '';

  before(async () => {
    writeFileSync(trustFile, trusted);
    service = (await startTlsServer(await authority.issue({ names: [SERVICE] }), 'service')).server;
  });

  after(async () => {
    await stop(service);
  });

  const places = (keysPort: number) => [
    `${KEY_SERVER}:443:127.0.0.1:${keysPort}`,
    `${SERVICE}:443:127.0.0.1:${portOf(service)}`,
  ];

  /** What the good token gets from a gate in this process whose key server is at `keysPort`. */
  async function askWith(configuration: string, keysPort: number, trust: string[]) {
    const connectTo = places(keysPort).flatMap((text) => parseConnectTo(text) ?? []);
    const listen = [parseListenMove('0.0.0.0:8080=127.0.0.1:0')].flatMap((move) => move ?? []);
    const gate = await startGateOf(configuration, { connectTo, listen, trust });
    try {
      return await exchange(gate.listeners[0]?.port ?? 0, request);
    } finally {
      await gate.close();
    }
  }

  /** The same by the command line, on the article's file. */
  async function askCommandWith(keysPort: number, extra: string[]) {
    const port = await findFreePort();
    const gate = await startGateProcess(articleFile, port, [
      ...['--listen', `0.0.0.0:8080=127.0.0.1:${port}`, ...extra],
      ...places(keysPort).flatMap((place) => ['--connect-to', place]),
    ]);
    try {
      return await exchange(port, request);
    } finally {
      assert.equal(await gate.stop(), 'exit 0', gate.log());
      lastLog = gate.log();
    }
  }

  for (const { name, given, want } of cases) {
    const verdict = want === 200 ? 'the token is admitted' : 'no token is admitted on its keys';
    const configurations = {
      'TLS without a context': articleFile,
      'a validation context': withContext(trustFile),
    };
    for (const [setting, configuration] of Object.entries(configurations)) {
      it(`${name}, with ${setting}: ${verdict}`, async () => {
        const { server, requests } = await startTlsServer(given, signer.jwks);
        try {
          const trust = configuration === articleFile ? [trusted] : [];
          const response = await askWith(configuration, portOf(server), trust);
          const body = want === 200 ? 'service' : 'Jwks remote fetch is failed';
          assert.deepEqual([response?.status, response?.body], [want, body]);
          assert.equal(requests.length, want === 200 ? 1 : 0);
        } finally {
          await stop(server);
        }
      });
    }
  }

  const shakes: {
    name: string;
    trusts: 'the authority' | 'itself' | 'nobody';
    tls: ServerOptions;
    want: number;
  }[] = [
    {
      name: 'a cipher in CBC mode',
      trusts: 'the authority',
      tls: oldCipher('ECDHE-ECDSA-AES128-SHA'),
      want: 401,
    },
    {
      name: 'one in GCM',
      trusts: 'the authority',
      tls: oldCipher('ECDHE-ECDSA-AES128-GCM-SHA256'),
      want: 200,
    },
    { name: 'a certificate that is itself what is trusted', trusts: 'itself', tls: {}, want: 200 },
    { name: 'a certificate where a validation context trusts nobody', trusts: 'nobody', tls: {}, want: 401 },
  ];
  for (const { name, trusts, tls, want } of shakes) {
    it(`${name}: ${want}`, async () => {
      const given = await authority.issue({ names: [KEY_SERVER] });
      const own = join(folder, 'own.pem');
      writeFileSync(own, given.certificate);
      const files = { 'the authority': trustFile, itself: own, nobody: null };
      const { server } = await startTlsServer(given, signer.jwks, tls);
      try {
        const response = await askWith(withContext(files[trusts]), portOf(server), []);
        const failed = 'Jwks remote fetch is failed';
        assert.equal(response?.status === 401, want === 401);
        assert.equal(response?.body === failed, want === 401);
      } finally {
        await stop(server);
      }
    });
  }

  const commands: { name: string; extra: string[]; want: number }[] = [
    {
      name: 'an authority named by --trust: the token is admitted',
      extra: ['--trust', trustFile],
      want: 200,
    },
    { name: 'an authority that nobody named: no token is admitted', extra: [], want: 401 },
  ];
  for (const { name, extra, want } of commands) {
    it(`by the command line, ${name}`, async () => {
      const { server } = await startTlsServer(await authority.issue({ names: [KEY_SERVER] }), signer.jwks);
      try {
        const response = await askCommandWith(portOf(server), extra);
        assert.equal(response?.status, want);
        if (want === 401) {
          assert.match(lastLog, /no keys from https:\S+.*authority that is not trusted; .*`--trust FILE`/);
        }
        assert.doesNotMatch(lastLog, /use-system-ca|Node\.js/);
      } finally {
        await stop(server);
      }
    });
  }
});
