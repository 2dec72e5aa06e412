import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { handshakeFailure, isHandshakeError, type SocketError } from './socket-failure.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

const READ_BYTES = 65_536;

/** A socket on its way, to be tied to the connection that reads it. */
export interface Opening {
  socket: Socket;
  attach(connection: UpstreamConnection): void;
}

/** How a cluster's sockets are opened. */
export interface Transport {
  connect(address: string, port: number): Opening;
  /** The bare socket, for who speaks HTTP/2 on it. */
  connectHttp2(address: string, port: number): Socket;
}

/**
 * Plain TCP. The socket reads into one buffer again and again (`onread`); where bytes of it still wait to be sent when a read
 * is over, the buffer is left to them and the socket gets a new one.
 */
export const plainTransport: Transport = {
  connect(address, port) {
    let connection: UpstreamConnection | null = null;
    let buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    let mayReuse = true;
    const socket = connect({
      host: address,
      port,
      noDelay: true,
      onread: {
        buffer: () => {
          if (!mayReuse) buffer = Buffer.allocUnsafeSlow(READ_BYTES);
          mayReuse = true;
          return buffer;
        },
        callback: (length, bytes) => {
          if (connection !== null) mayReuse = connection.read(bytes as Buffer, length);
          return true;
        },
      },
    });
    socket.once('connect', () => connection?.markReady());
    return {
      socket,
      attach: (to) => {
        connection = to;
      },
    };
  },
  connectHttp2: (address, port) => connect({ host: address, port, noDelay: true }),
};

/** TLS over TCP. Nothing of a request is written before the handshake is done and the peer is judged. */
export function createTlsTransport(options: ConnectionOptions): Transport {
  return {
    connect(address, port) {
      const socket = connectTls({ ...options, host: address, port });
      socket.setNoDelay(true);
      let secure = false;
      return {
        socket,
        attach: (connection) => {
          socket.once('secureConnect', () => {
            secure = true;
            connection.markReady();
          });
          socket.prependListener('error', (error: SocketError & { streamError?: unknown }) => {
            if (!secure && isHandshakeError(error)) error.streamError = handshakeFailure(error);
          });
          socket.on('data', (bytes: Buffer) => connection.read(bytes, bytes.length));
        },
      };
    },
    connectHttp2(address, port) {
      const socket = connectTls({ ...options, host: address, port, ALPNProtocols: ['h2'] });
      return socket.setNoDelay(true);
    },
  };
}

/** The name to send in the hello; an address is none (RFC 6066 §3). */
export function serverNameFor(name: string): string {
  return isIP(name) === 0 ? name : '';
}
