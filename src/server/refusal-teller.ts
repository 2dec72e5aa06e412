import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/index.ts';
import type { KeptRequest, RefusalWatch, RefusedReply } from '../proxy/http/index.ts';
import type { ConnectionInfo } from '../proxy/rehearsal/index.ts';
import type { FromWorker } from './worker-protocol.ts';

/** So many refusals of a second are explained; a flood of them costs no more. */
const PER_SECOND_MAX = 20;
/** A request whose head and client's certificate are longer together is not explained: both go to another thread. */
const LENGTH_MAX = 65_536;

/** Tells the control thread what a data loop refuses, a bounded number in each second. */
export class RefusalTeller implements RefusalWatch {
  readonly namesReplies: boolean;
  readonly #clock: Clock;
  readonly #post: (message: FromWorker) => void;
  #second = 0;
  #told = 0;

  constructor(namesReplies: boolean, clock: Clock, post: (message: FromWorker) => void) {
    this.namesReplies = namesReplies;
    this.#clock = clock;
    this.#post = post;
  }

  refused(request: KeptRequest, connection: ConnectionInfo, reply: RefusedReply): string | null {
    const atMs = this.#clock.now();
    const second = Math.floor(atMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#told = 0;
    }
    if (this.#told >= PER_SECOND_MAX || lengthOf(request, connection) > LENGTH_MAX) return null;
    this.#told++;
    const id = randomBytes(8).toString('hex');
    this.#post({ type: 'refused', refused: { id, atMs, request, connection: plain(connection), reply } });
    return id;
  }
}

function lengthOf({ path, names, values }: KeptRequest, { certificates }: ConnectionInfo): number {
  const texts = [path, certificates?.peerPem ?? '', ...names, ...values];
  return texts.reduce((sum, text) => sum + text.length, 0);
}

/** What can cross to another thread; its certificates are read for it. */
function plain({
  id = 0,
  remoteAddress,
  remotePort,
  localAddress,
  localPort,
  serverName,
  spelledName = serverName,
  tls,
  peer,
  certificates = null,
}: ConnectionInfo): ConnectionInfo {
  return {
    id,
    remoteAddress,
    remotePort,
    localAddress,
    localPort,
    serverName,
    spelledName,
    tls,
    peer: peer ? { ...peer } : null,
    certificates,
  };
}
