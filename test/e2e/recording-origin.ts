import { type AddressInfo, createServer, type Socket } from 'node:net';

/** An origin that keeps every byte of every connection and answers each whole head with 200. */
export interface RecordingOrigin {
  readonly port: number;
  /** What came on each connection since the last reset, as latin-1. */
  connections(): string[];
  /** Forgets what came and closes the connections. */
  reset(): void;
  close(): Promise<void>;
}

export async function startRecordingOrigin(): Promise<RecordingOrigin> {
  let records: { text: string }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const record = { text: '' };
    let answered = 0;
    records.push(record);
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      record.text += bytes.toString('latin1');
      const whole = countWhole(record.text);
      for (; answered < whole; answered++) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => records.map(({ text }) => text),
    reset: () => {
      records = [];
      for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** How many requests are whole, by the framing that the gate writes. */
function countWhole(text: string): number {
  let rest = text;
  for (let count = 0; ; count++) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return count;
    const head = rest.slice(0, end);
    rest = rest.slice(end + 4);
    if (/\r\ntransfer-encoding: chunked/.test(head)) {
      const last = rest.search(/(?:^|\r\n)0\r\n\r\n/);
      if (last < 0) return count;
      rest = rest.slice(rest.indexOf('0\r\n\r\n', last) + 5);
      continue;
    }
    const length = Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
    if (rest.length < length) return count;
    rest = rest.slice(length);
  }
}
