import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import {
  type CertifiedKey,
  createDevelopmentAuthority,
  type DevelopmentAuthority,
} from '../../src/platform/index.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { call, id, is, select, text } from '../oracle/rehearsal/cel-words.ts';
import { createSelfSigned } from './certificates.ts';
import { exchange } from './raw-exchange.ts';
import { loadChains, renderChain } from './tls-chain.ts';
import { askUnderTwoNames } from './two-names-client.ts';

let authority: DevelopmentAuthority;
/** The one client that is let in where a certificate is required. */
let client: CertifiedKey;
let gate: Gate;
/** One chain for a name, and one for every other client, which trusts other certificates. */
let fallbackGate: Gate;
/** Whom the chain for every other client trusts. */
let guest: CertifiedKey;
/** Trusted as `client` is, by a key that Envoy does not ask for. */
let modern: CertifiedKey;

before(async () => {
  authority = await createDevelopmentAuthority('gate tests');
  client = await createSelfSigned('client');
  modern = await createSelfSigned('modern', undefined, undefined, { algorithm: { name: 'Ed25519' } });
  const [one, two, three, four] = await Promise.all(
    ['one.test', 'two.test', 'three.test', 'four.test'].map((name) => authority.issue({ names: [name] })),
  );
  gate = await startTlsGate([
    renderChain({ serverNames: 'one.test', body: 'one', key: one as CertifiedKey }),
    renderChain({ serverNames: 'two.test', body: 'two', key: two as CertifiedKey }),
    renderChain({
      serverNames: 'three.test',
      body: 'three',
      key: three as CertifiedKey,
      clientRoots: `${client.certificate}\n${modern.certificate}`,
    }),
    ...['client', 'CN=client', 'other'].map((principal, index) =>
      renderChain({
        serverNames: `${index}.four.test`,
        body: 'four',
        key: four as CertifiedKey,
        clientRoots: client.certificate,
        principal,
      }),
    ),
    renderChain({
      serverNames: 'five.test',
      body: 'five',
      key: four as CertifiedKey,
      clientRoots: client.certificate,
      condition: call(
        '_&&_',
        ...wordsOf(client).map(([field, said]) => is(select(id('connection'), field), said)),
      ),
    }),
    renderChain({
      serverNames: 'six.test',
      body: 'somebody',
      key: four as CertifiedKey,
      clientRoots: `${client.certificate}\n${modern.certificate}`,
      unprovenBody: 'nobody',
    }),
  ]);
  guest = await createSelfSigned('guest');
  fallbackGate = await startTlsGate([
    renderChain({
      serverNames: 'three.test',
      body: 'three',
      key: three as CertifiedKey,
      clientRoots: client.certificate,
    }),
    renderChain({
      serverNames: '',
      body: 'others',
      key: four as CertifiedKey,
      clientRoots: guest.certificate,
    }),
  ]);
});

/** What a policy can know of a connection on which a client shows this certificate. */
function wordsOf({ certificate }: CertifiedKey): [field: string, said: object][] {
  const parsed = new X509Certificate(certificate);
  return [
    ['tls_version', text('TLSv1.3')],
    ['dns_san_local_certificate', text('four.test')],
    ['sha256_peer_certificate_digest', text(createHash('sha256').update(parsed.raw).digest('hex'))],
    ['peer_certificate', text(parsed.toString())],
  ];
}

const startTlsGate = (chains: object[]) => startGate(loadChains(chains));

after(() => Promise.all([gate.close(), fallbackGate.close()]));

/** What comes for one request over TLS, and what was agreed on; null where the connection was not to be had. */
function ask(
  options: ConnectionOptions,
  of = gate,
  onSession: (session: Buffer) => void = () => {},
): Promise<{ text: string; alpn: string | false | null } | null> {
  return new Promise((resolve) => {
    const port = of.listeners[0]?.port ?? 0;
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca: authority.certificate, ...options });
    let text = '';
    socket.on('secureConnect', () => {
      socket.write(`GET / HTTP/1.1\r\nHost: ${options.servername}\r\nConnection: close\r\n\r\n`);
    });
    socket.on('session', onSession);
    socket.on('data', (bytes) => (text += bytes.toString('latin1')));
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(text === '' ? null : { text, alpn: socket.alpnProtocol }));
  });
}

describe('a listener with TLS', () => {
  it('shows the certificate of the name that is asked for, and serves its chain', async () => {
    for (const name of ['one', 'two']) {
      const answer = await ask({ servername: `${name}.test` });
      assert.match(answer?.text ?? '', new RegExp(`^HTTP/1\\.1 200 OK\\r\\n[^]*\\r\\n\\r\\n${name}$`));
    }
  });

  it('agrees on HTTP/1.1 where the client offers it beside HTTP/2', async () => {
    const answer = await ask({ servername: 'one.test', ALPNProtocols: ['h2', 'http/1.1'] });
    assert.equal(answer?.alpn, 'http/1.1');
  });

  it('speaks with a client whose hello is long', async () => {
    const others = Array.from({ length: 100 }, (_, index) => String(index).padStart(199, 'x'));
    const answer = await ask({ servername: 'one.test', ALPNProtocols: ['http/1.1', ...others] });
    assert.match(answer?.text ?? '', /one$/);
  });

  it('has nothing for a name that no chain has', async () => {
    assert.equal(await ask({ servername: 'other.test' }), null);
  });

  it('has nothing for a client without a name where no chain is for everybody', async () => {
    assert.equal(await ask({ checkServerIdentity: () => undefined }), null);
  });

  it('asks for a client certificate where the chain requires one', async () => {
    assert.equal(await ask({ servername: 'three.test' }), null);
    const theirs = await createSelfSigned('client');
    assert.equal(
      await ask({ servername: 'three.test', cert: theirs.certificate, key: theirs.privateKey }),
      null,
    );
    const answer = await ask({ servername: 'three.test', cert: client.certificate, key: client.privateKey });
    assert.match(answer?.text ?? '', /three$/);
  });

  it('takes a certificate by a key that Envoy does not ask for as none', async () => {
    const shown = { cert: modern.certificate, key: modern.privateKey };
    assert.equal(await ask({ servername: 'three.test', ...shown }), null);
    const answer = await ask({ servername: 'six.test', checkServerIdentity: () => undefined, ...shown });
    assert.match(answer?.text ?? '', /nobody$/);
  });

  it('speaks with no client that takes signatures over SHA-1 alone', async () => {
    const given = {
      servername: 'one.test',
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0',
    } as const;
    assert.notEqual(await ask({ ...given, sigalgs: 'ECDSA+SHA256' }), null);
    assert.equal(await ask({ ...given, sigalgs: 'ECDSA+SHA1' }), null);
  });

  it('speaks no cipher in CBC mode, and nothing to a client that offers by ALPN other protocols alone', async () => {
    const given = { servername: 'one.test' };
    const cbc = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' } as const;
    assert.equal(await ask({ ...given, ...cbc }), null);
    assert.notEqual(await ask({ ...given, ...cbc, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }), null);
    assert.equal(await ask({ ...given, ALPNProtocols: ['h2'] }), null);
  });

  it('knows a client by the names in its certificate, lets one without any go on, and none with a bad one', async () => {
    const theirs = await createSelfSigned('client');
    const statusOf = async (name: string, key?: CertifiedKey) => {
      const shown = key === undefined ? {} : { cert: key.certificate, key: key.privateKey };
      const answer = await ask({ servername: name, checkServerIdentity: () => undefined, ...shown });
      return answer?.text.slice(9, 12);
    };
    assert.equal(await statusOf('0.four.test', client), '200');
    assert.equal(await statusOf('1.four.test', client), '200');
    assert.equal(await statusOf('2.four.test', client), '403');
    assert.equal(await statusOf('0.four.test'), '403');
    assert.equal(await statusOf('0.four.test', theirs), undefined);
  });

  it('knows a client by its certificate’s digest and text, and how it speaks', async () => {
    const five = { servername: 'five.test', checkServerIdentity: () => undefined };
    const shown = { ...five, cert: client.certificate, key: client.privateKey };
    assert.match((await ask(shown))?.text ?? '', /five$/);
    assert.match((await ask({ ...shown, maxVersion: 'TLSv1.2' }))?.text ?? '', / 403 /);
    assert.match((await ask(five))?.text ?? '', / 403 /);
  });

  it('has another route for a client that shows no certificate', async () => {
    const six = { servername: 'six.test', checkServerIdentity: () => undefined };
    assert.match((await ask(six))?.text ?? '', /\nnobody$/);
    const shown = { ...six, cert: client.certificate, key: client.privateKey };
    assert.match((await ask(shown))?.text ?? '', /\nsomebody$/);
  });

  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`serves a client that would resume its session by the chain of its name, and by no other (${maxVersion})`, async () => {
      const shown = {
        servername: 'three.test',
        cert: client.certificate,
        key: client.privateKey,
        maxVersion,
      };
      let session: Buffer | undefined;
      const first = await ask(shown, fallbackGate, (one) => {
        session = one;
      });
      assert.match(first?.text ?? '', /three$/);
      const again = await ask({ ...shown, ...(session && { session }) }, fallbackGate);
      assert.match(again?.text ?? '', /three$/);
    });
  }

  it('serves by the name that the client was held to, whatever name it gives when it has to say hello again', async () => {
    const request = 'GET / HTTP/1.1\r\nHost: three.test\r\nConnection: close\r\n\r\n';
    const port = fallbackGate.listeners[0]?.port ?? 0;
    const bodyFor = async (names: readonly [string, string], key: CertifiedKey) =>
      (await askUnderTwoNames(port, names, key, request)).split('\r\n\r\n').at(-1);
    assert.equal(await bodyFor(['three.test', 'three.test'], client), 'three');
    assert.equal(await bodyFor(['three.test', 'other.test'], client), 'three');
    assert.equal(await bodyFor(['three.test', 'other.test'], guest), '');
    for (const first of ['other.test', '']) {
      assert.equal(await bodyFor([first, 'three.test'], guest), 'others');
      assert.equal(await bodyFor([first, 'three.test'], client), '');
    }
  });

  it('does not speak to plain text, and serves the next client', async () => {
    assert.equal(
      await exchange(gate.listeners[0]?.port ?? 0, 'GET / HTTP/1.1\r\nHost: one.test\r\n\r\n'),
      null,
    );
    assert.ok((await ask({ servername: 'one.test' })) !== null);
  });
});
