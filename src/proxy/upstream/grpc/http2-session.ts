import type { ClientHttp2Session } from 'node:http2';
import { STREAM_ERROR } from '../../http/stream-error.ts';
import { connectFailure, type SocketError } from '../socket-failure.ts';
import type { HostSettings } from '../upstream-host.ts';

/** Node's HTTP/2, loaded when the first call needs it. */
type Http2 = typeof import('node:http2');

/** The one HTTP/2 connection to an address: opened for the first call, and again for the next one after it has ended. */
export class Http2Host {
  readonly #address: string;
  readonly #port: number;
  readonly #settings: HostSettings;
  #session: ClientHttp2Session | null = null;
  #retired = false;

  constructor(address: string, port: number, settings: HostSettings) {
    this.#address = address;
    this.#port = port;
    this.#settings = settings;
  }

  /** A session that takes streams, connected or about to be. */
  session(http2: Http2): ClientHttp2Session {
    const running = this.#session;
    if (running !== null && !running.closed && !running.destroyed) return running;
    this.#session = this.#open(http2);
    return this.#session;
  }

  /** The address is gone. Streams that run may end; a late one has a session for itself. */
  retire(): void {
    this.#retired = true;
    this.#leave();
  }

  /** To be told of each call's end. */
  onCallEnded(): void {
    if (this.#retired) this.#leave();
  }

  #leave(): void {
    this.#session?.close();
    this.#session = null;
  }

  #open(http2: Http2): ClientHttp2Session {
    const { transport, stats, connectTimeoutMs, idleTimeoutMs } = this.#settings;
    stats.connections.increment();
    const session = http2.connect('http://localhost', {
      createConnection: () => transport.connectHttp2(this.#address, this.#port),
      settings: { enablePush: false },
    });
    let isConnected = false;
    const timer = setTimeout(() => session.destroy(new Error('connect timeout')), connectTimeoutMs);
    session.once('connect', () => {
      isConnected = true;
      clearTimeout(timer);
      stats.connectionsActive.add(1);
    });
    session.setTimeout(idleTimeoutMs, () => session.close());
    session.on('error', (error: SocketError) => {
      if (!isConnected) this.#failed(error);
    });
    session.once('close', () => {
      clearTimeout(timer);
      if (isConnected) stats.connectionsActive.add(-1);
      if (this.#session === session) this.#session = null;
    });
    return session;
  }

  #failed(error: SocketError): void {
    const { stats } = this.#settings;
    const isTimeout = error.message === 'connect timeout';
    if (isTimeout) stats.connectTimeouts.increment();
    stats.connectFailures.increment();
    const failure = isTimeout ? STREAM_ERROR.connectTimeout : connectFailure(error);
    stats.reportFailure(`${this.#address}:${this.#port}`, failure);
  }
}
