import { connect } from 'node:net';

const QUIET_MS = 300;

/** Sends bytes and gives what comes back until the other side ends or has nothing more to say. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(text, 'latin1'));
    socket.setTimeout(QUIET_MS, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => undefined).on('close', () => resolve(answer));
  });
}

/** A request with a body; the connection ends with it. */
export function requestText(line: string, fields: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  const head = [`${line} HTTP/1.1`, 'Host: gate.test', 'Connection: close', ...length, ...fields].join(
    '\r\n',
  );
  return `${head}\r\n\r\n${body}`;
}
