import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { CertifiedKey } from '../../src/platform/index.ts';
import { ListenerServer } from '../../src/proxy/listener/index.ts';
import { compileSnapshot } from '../../src/proxy/rehearsal/index.ts';
import { Findings } from '../../src/resources/index.ts';
import { createSelfSigned } from './certificates.ts';
import { listenerParts } from './listener-parts.ts';
import { until } from './loop-fixture.ts';
import { loadChains, renderChain } from './tls-chain.ts';

const findings = new Findings();
const parts = listenerParts();
const { clock } = parts;

const compile = (chains: object[]) =>
  compileSnapshot(loadChains(chains).snapshot, { findings, clock, jwks: null }).listeners[0] as never;

/** Passes a client's hello on, and the rest of what it sends when it is told to. */
class HelloRelay {
  readonly #server: Server;
  #up: ReturnType<typeof connect> | null = null;
  #held: (string | Buffer)[] | null = [];

  constructor(port: number) {
    this.#server = createServer((down) => {
      const up = connect(port, '127.0.0.1');
      this.#up = up;
      down.once('data', (hello) => {
        up.write(hello);
        down.on('data', (bytes) => this.#pass(bytes));
      });
      up.on('data', (bytes) => down.write(bytes));
      up.on('close', () => down.destroy()).on('error', () => undefined);
      down.on('close', () => up.destroy()).on('error', () => undefined);
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  #pass(bytes: string | Buffer): void {
    if (this.#held === null) this.#up?.write(bytes);
    else this.#held.push(bytes);
  }

  /** The client has answered the server's hello. */
  get holds(): boolean {
    return this.#held !== null && this.#held.length > 0;
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const bytes of held) this.#up?.write(bytes);
  }

  close(): void {
    this.#server.close();
  }
}

describe('a TLS handshake that is in progress when the listener changes', () => {
  let server: CertifiedKey;
  let alice: CertifiedKey;
  let guest: CertifiedKey;

  before(async () => {
    [server, alice, guest] = await Promise.all([
      createSelfSigned('one.test'),
      createSelfSigned('alice'),
      createSelfSigned('guest'),
    ]);
  });

  const closers: (() => void)[] = [];
  after(() => {
    for (const close of closers) close();
  });

  const one = () =>
    renderChain({ serverNames: 'one.test', body: 'one', key: server, clientRoots: alice.certificate });
  const others = () => renderChain({ body: 'others', key: server, clientRoots: guest.certificate });

  interface Attempt {
    from: object[];
    to: object[];
    /** undefined: the client names none. */
    servername: string | undefined;
    as: CertifiedKey;
  }

  /** What the client is answered; empty when its connection is ended. */
  async function connectOverChange({ from, to, servername, as }: Attempt): Promise<string> {
    const listener = ListenerServer.create(compile(from), parts, findings);
    assert.ok(listener !== null);
    const { port } = await listener.listen({ address: '127.0.0.1', port: 0 });
    const relay = new HelloRelay(port);
    closers.push(
      () => listener.close(),
      () => relay.close(),
    );
    const socket = connectTls({
      host: '127.0.0.1',
      port: await relay.listen(),
      ...(servername !== undefined && { servername }),
      rejectUnauthorized: false,
      cert: as.certificate,
      key: as.privateKey,
    });
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString();
    });
    socket.on('error', () => undefined);
    socket.once('secureConnect', () =>
      socket.write('GET / HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n'),
    );
    await until(() => relay.holds);
    const change = listener.prepareChange(compile(to), parts, findings);
    assert.ok(change !== null);
    change();
    relay.release();
    await once(socket, 'close');
    return answer.split('\r\n\r\n').at(-1) ?? '';
  }

  it('does not lead into a chain that was added for the name, whose roots it was not held to', async () => {
    const to = [one(), others()];
    const answer = await connectOverChange({ from: [others()], to, servername: 'one.test', as: guest });
    assert.equal(answer, '');
  });

  it('does not lead into a chain that was added for clients that name no server', async () => {
    const to = [one(), others()];
    const answer = await connectOverChange({ from: [one()], to, servername: undefined, as: alice });
    assert.equal(answer, '');
  });

  it('does not lead into the chain that is left when the one of the name is taken away', async () => {
    const from = [one(), others()];
    const answer = await connectOverChange({ from, to: [others()], servername: 'one.test', as: alice });
    assert.equal(answer, '');
  });

  it('goes on where its own chain stays as it is', async () => {
    const from = [one(), others()];
    const attempt = { from, to: [others()], as: guest };
    assert.equal(await connectOverChange({ ...attempt, servername: 'two.test' }), 'others');
    assert.equal(await connectOverChange({ ...attempt, servername: undefined }), 'others');
  });
});
