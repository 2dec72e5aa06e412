import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a person may do to the scene by hand, by path; `amount` is the text of the body. */
export type StageActions = Readonly<Record<string, (amount: string) => unknown>>;

export interface StageDoor {
  /** The command that does it by hand. */
  curl(path: string, amount?: string): string;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 1024;

/** A loopback server for what happens in the story between two requests, so that the whole story can be played by hand. */
export async function openStageDoor(actions: StageActions): Promise<StageDoor> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
      if (body.length > BODY_BYTES_MAX) request.destroy();
    });
    request.on('end', async () => {
      const action = request.method === 'POST' ? actions[request.url ?? ''] : undefined;
      try {
        await action?.(body);
        response
          .writeHead(action === undefined ? 404 : 200)
          .end(action === undefined ? 'no such act\n' : 'done\n');
      } catch (error) {
        response.writeHead(400).end(`${(error as Error).message}\n`);
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    curl: (path, amount = '') => `curl -s ${url}${path} -d '${amount}'`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
