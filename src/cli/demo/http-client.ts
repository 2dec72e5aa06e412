import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** One request of the story, addressed as a person would: by URL. */
export interface StoryRequest {
  method?: string;
  url: string;
  headers?: Record<string, string>;
  /** A form, sent as `application/x-www-form-urlencoded`. */
  form?: Record<string, string>;
}

export interface StoryReply {
  status: number;
  reason: string;
  headers: [name: string, value: string][];
  body: string;
}

/** Where a host name of the story really listens, and which authority vouches for it. */
export interface StoryHost {
  port: number;
  /** PEM of the authority; absent for plain HTTP. */
  ca?: string;
}

/** Sends requests to the story's hosts, as curl does with `--connect-to` and `--cacert`. */
export class StoryClient {
  readonly #hosts: Map<string, StoryHost>;

  constructor(hosts: Map<string, StoryHost>) {
    this.#hosts = hosts;
  }

  send(request: StoryRequest): Promise<StoryReply> {
    const url = new URL(request.url);
    const host = this.#hosts.get(url.host);
    const body = request.form === undefined ? undefined : new URLSearchParams(request.form).toString();
    const headers = { ...request.headers, ...(body !== undefined ? formHeaders(body) : {}) };
    const options = {
      host: '127.0.0.1',
      port: host?.port ?? url.port,
      method: request.method ?? (body === undefined ? 'GET' : 'POST'),
      path: url.pathname + url.search,
      headers: { host: url.host, ...headers },
      timeout: 5000,
    };
    return new Promise((resolve, reject) => {
      const outgoing =
        url.protocol === 'https:'
          ? httpsRequest({ ...options, servername: url.hostname, ca: host?.ca, agent: new HttpsAgent() })
          : httpRequest({ ...options, agent: new HttpAgent() });
      outgoing.on('response', (response) => read(response).then(resolve, reject));
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer from ${url.host} within 5 s`)));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function formHeaders(body: string): Record<string, string> {
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
  };
}

async function read(response: IncomingMessage): Promise<StoryReply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const headers: [string, string][] = [];
  for (let i = 0; i < response.rawHeaders.length; i += 2) {
    headers.push([response.rawHeaders[i] as string, response.rawHeaders[i + 1] as string]);
  }
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
