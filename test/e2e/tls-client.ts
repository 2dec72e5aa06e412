import { connect } from 'node:tls';
import type { CertifiedKey } from '../../src/platform/index.ts';

/**
 * Asks for `/` over a TLS connection of its own, whoever the server is.
 * @param client what it shows; null: no certificate
 * @param serverName empty: it asks for none
 * @returns status and body; both empty where there is no answer
 */
export function askOverTls(
  port: number,
  client: CertifiedKey | null,
  serverName = '',
): Promise<{ status: string; body: string }> {
  return new Promise((resolve) => {
    const shown = client === null ? {} : { cert: client.certificate, key: client.privateKey };
    const named = serverName === '' ? {} : { servername: serverName };
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...named, ...shown });
    let text = '';
    socket.on('secureConnect', () => {
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    });
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      // Envoy may keep the connection for some seconds more.
      if (isWhole(text)) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve({ status: text.slice(9, 12), body: text.split('\r\n\r\n')[1] ?? '' }));
  });
}

/** The answer has the length that it says; without one it ends with the connection. */
function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head + 2))?.[1];
  return head >= 0 && length !== undefined && text.length >= head + 4 + Number(length);
}
