import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the admin interface shows. */
export interface AdminSource {
  /** Every counter and gauge, sorted by name. */
  stats(): readonly [name: string, value: number][];
  /** Requests can be served. */
  ready(): boolean;
  /** The last refusals; null: they are not kept. */
  refusals: RefusalSource | null;
  /** Compiles a regular expression to look for in names; null when it is not one. */
  compileFilter(pattern: string): ((name: string) => boolean) | null;
}

/** Refusals with what led to them, ready to be written as JSON. */
export interface RefusalSource {
  /** The latest first. */
  list(): readonly { id: string; at: string; request: object; status: number; body: string }[];
  /** By its name, or `last`. */
  find(id: string): object | undefined;
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
  ['/why', (_query, source) => renderRefusals(source.refusals)],
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
  const target = request.url ?? '/';
  const url = URL.parse(target, 'http://admin');
  const page = url === null ? text(400, `no address \`${target}\`\n`) : renderPage(url, source);
  response.writeHead(page.status, { 'content-type': page.type, 'x-content-type-options': 'nosniff' });
  response.end(page.body);
}

function renderPage(url: URL, source: AdminSource): Page {
  return (
    PAGES.get(url.pathname)?.(url.searchParams, source) ??
    renderRefusal(url.pathname, source.refusals) ??
    notFound(url.pathname)
  );
}

function renderStats(query: URLSearchParams, source: AdminSource): Page {
  const filter = query.get('filter');
  const matches = filter === null ? () => true : source.compileFilter(filter);
  if (matches === null) return text(400, `invalid regular expression \`${filter}\`\n`);
  const rows = source.stats().filter(([name]) => matches(name));
  if (query.get('format') === 'json') return json({ stats: rows.map(([name, value]) => ({ name, value })) });
  return text(200, rows.map(([name, value]) => `${name}: ${value}\n`).join(''));
}

const NOT_KEPT = 'refusals are not kept; `jotgate run --why` keeps them\n';

function renderRefusals(refusals: RefusalSource | null): Page {
  if (refusals === null) return text(404, NOT_KEPT);
  const rows = refusals
    .list()
    .map(({ id, at, request, status, body }) => ({ id, at, request, status, body }));
  return json({ refusals: rows });
}

/** `/why/ID`, `/why/last`. */
function renderRefusal(path: string, refusals: RefusalSource | null): Page | undefined {
  const id = /^\/why\/([\da-f]{1,32}|last)$/.exec(path)?.[1];
  if (id === undefined) return undefined;
  if (refusals === null) return text(404, NOT_KEPT);
  const found = refusals.find(id);
  if (found !== undefined) return json(found);
  return text(404, id === 'last' ? 'nothing was refused yet\n' : `no refusal \`${id}\` is kept\n`);
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
