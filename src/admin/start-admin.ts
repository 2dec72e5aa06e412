import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the admin interface shows. */
export interface AdminSource {
  /** Every counter and gauge, sorted by name. */
  stats(): readonly [name: string, value: number][];
  /** Requests can be served. */
  ready(): boolean;
  /** Compiles a regular expression to look for in names; null when it is not one. */
  compileFilter(pattern: string): ((name: string) => boolean) | null;
}

export interface AdminServer {
  readonly at: { address: string; port: number };
  close(): Promise<void>;
}

interface Page {
  status: number;
  type: string;
  body: string;
}

type RenderPage = (query: URLSearchParams, source: AdminSource) => Page;

const PAGES: ReadonlyMap<string, RenderPage> = new Map<string, RenderPage>([
  ['/stats', renderStats],
  ['/ready', (_query, source) => (source.ready() ? text(200, 'LIVE\n') : text(503, 'PRE_INITIALIZING\n'))],
  [
    '/server_info',
    (_query, source) => json({ server: 'jotgate', state: source.ready() ? 'LIVE' : 'PRE_INITIALIZING' }),
  ],
]);

/** Starts the admin interface: a small part of Envoy's, read only. Rejects with Node's error when it cannot listen. */
export function startAdmin(at: { address: string; port: number }, source: AdminSource): Promise<AdminServer> {
  const server = createServer((request, response) => answer(request, response, source));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.address, port: at.port }, () => {
      const bound = server.address() as { address: string; port: number };
      resolve({
        at: { address: bound.address, port: bound.port },
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function answer(request: IncomingMessage, response: ServerResponse, source: AdminSource): void {
  const url = new URL(request.url ?? '/', 'http://admin');
  const page = PAGES.get(url.pathname)?.(url.searchParams, source) ?? notFound(url.pathname);
  response.writeHead(page.status, { 'content-type': page.type });
  response.end(page.body);
}

function renderStats(query: URLSearchParams, source: AdminSource): Page {
  const filter = query.get('filter');
  const matches = filter === null ? () => true : source.compileFilter(filter);
  if (matches === null) return text(400, `invalid regular expression \`${filter}\`\n`);
  const rows = source.stats().filter(([name]) => matches(name));
  if (query.get('format') === 'json') return json({ stats: rows.map(([name, value]) => ({ name, value })) });
  return text(200, rows.map(([name, value]) => `${name}: ${value}\n`).join(''));
}

function notFound(path: string): Page {
  return text(404, `no page \`${path}\`; there are ${[...PAGES.keys()].join(', ')}\n`);
}

const text = (status: number, body: string): Page => ({ status, type: 'text/plain; charset=UTF-8', body });
const json = (value: object): Page => ({
  status: 200,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});
