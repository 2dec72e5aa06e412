import type { Clock, Logger } from '../../base/index.ts';
import {
  createIssuer,
  createMemoryStore,
  type Issuer,
  type IssuerOptions,
  type IssuerStore,
  type ProfileName,
  profiles,
  type Realm,
} from '../../issuer/index.ts';
import { createIssuerServer, type IssuerServer, type TlsIdentity } from './issuer-server.ts';

export interface StartIssuerOptions {
  /** Compiled by `loadRealm`; at least one. */
  readonly realms: readonly Realm[];
  /** Default `legacy`: as the article shows. */
  readonly profile?: ProfileName | undefined;
  /** Default 127.0.0.1 and a free port. */
  readonly listen?: { readonly address: string; readonly port: number } | undefined;
  /** Public base of every issuer URL, path prefix included; default: the address listened on, with `/auth` in profile `legacy`. */
  readonly baseUrl?: string | undefined;
  /** PEM; without it plain HTTP. */
  readonly tls?: TlsIdentity | undefined;
  /** Default: in memory. Closed with the issuer. */
  readonly store?: IssuerStore | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random?: IssuerOptions['random'];
  readonly passwordChecks?: IssuerOptions['passwordChecks'];
}

export interface RunningIssuer {
  /** Where it listens: `http://127.0.0.1:8180`. */
  readonly url: string;
  readonly address: string;
  readonly port: number;
  /** Keys and issuer URLs by realm. */
  readonly issuer: Issuer;
  /** Puts another certificate in front and ends idle connections, so that the next request sees it. @throws Error when it runs without TLS. */
  replaceTls(tls: TlsIdentity): void;
  /** Answers what has begun, then closes the socket and the store. */
  close(): Promise<void>;
}

/**
 * Starts the issuer on a socket of its own.
 * @throws Error with `code` `EADDRINUSE`, `EACCES`, … when it cannot listen, or when the TLS pair is no pair.
 */
export async function startIssuer(options: StartIssuerOptions): Promise<RunningIssuer> {
  const { realms, profile = 'legacy', store = createMemoryStore(), clock, logger, tls } = options;
  const listen = options.listen ?? { address: '127.0.0.1', port: 0 };
  // The socket comes first: with a port of 0 only it knows the base URL.
  const server = await createIssuerServer({ listen, tls, logger });
  try {
    const baseUrl = options.baseUrl?.replace(/\/+$/, '') ?? server.url + profiles[profile].basePath;
    const { random, passwordChecks } = options;
    const issuer = await createIssuer({
      realms,
      profile,
      baseUrl,
      store,
      clock,
      logger,
      ...(random && { random }),
      ...(passwordChecks && { passwordChecks }),
    });
    server.serve((request) => issuer.handle(request));
    return runningIssuer(server, issuer);
  } catch (error) {
    await server.close();
    throw error;
  }
}

function runningIssuer(server: IssuerServer, issuer: Issuer): RunningIssuer {
  let closed: Promise<void> | undefined;
  return {
    url: server.url,
    address: server.address,
    port: server.port,
    issuer,
    replaceTls: (tls) => server.replaceTls(tls),
    close() {
      closed ??= server.close().then(() => issuer.close());
      return closed;
    },
  };
}
