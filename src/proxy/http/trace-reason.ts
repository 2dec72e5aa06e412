import type { Chance } from '../chance.ts';
import type { HeaderList } from './header-list.ts';
import type { RequestHead } from './request-head.ts';

/** `numerator` of every `size` requests. */
export interface Share {
  numerator: number;
  size: number;
}

/** Whose requests a tracer would hear of: those whose client asks for it, any, and of all these how many. */
export interface Sampling {
  client: Share;
  random: Share;
  overall: Share;
}

/** What is seen to of tracing, though nothing is traced. */
export interface Tracing {
  /** Request ids tell of it; null: they do not. */
  sampling: Sampling | null;
  /** The operation that a client names is the tracer's affair: nobody else sees it. Else the route's own is written there. */
  takesOperation: boolean;
}

/** A stream, as far as its id goes. */
interface Marked {
  readonly request: Pick<RequestHead, 'headers'>;
  readonly chance: Chance;
}

const ID_LENGTH = 36;
/** Where the version of the id stands. */
const REASON_AT = 14;
const LEADING_DIGITS = 8;
const DIGITS = /^(?:0[xX])?[0-9a-fA-F]+$/;
/** What stands there for a reason: sampled; forced by a service or by the client. */
const REASONS = '9ab';
const NO_REASON = '4';
const RESULTS = 10_000;

interface Traced extends Marked {
  /** As in FilterStream. */
  toldOperation?: string | null | undefined;
  readonly route: {
    readonly sampling?: Sampling | undefined;
    readonly operation?: string | undefined;
  } | null;
}

/**
 * Makes of a request what one is that may be traced, and again whenever its route is chosen again (Envoy: conn_manager_impl.cc,
 * traceRequest, refreshTracing).
 */
export function markTracing(stream: Traced, { sampling, takesOperation }: Tracing): void {
  if (sampling !== null) markTraceReason(stream, stream.route?.sampling ?? sampling);
  const { headers } = stream.request;
  const operation = stream.route?.operation ?? '';
  if (!takesOperation) {
    if (operation !== '') headers.set(OPERATION, operation);
    stream.toldOperation = '';
    return;
  }
  if (headers.get(OPERATION)) stream.toldOperation = null;
  else if (stream.route !== null && stream.toldOperation !== null) {
    stream.toldOperation = operation === '' ? undefined : operation;
  }
  headers.remove(OPERATION);
}

const OPERATION = 'x-envoy-decorator-operation';

/** Tells the client of a route's operation, unless the request named one; what a service says of it is the tracer's on the way out. */
export function tellOperation(response: HeaderList, { toldOperation }: Pick<Traced, 'toldOperation'>): void {
  if (toldOperation === '') response.remove(OPERATION);
  else if (typeof toldOperation === 'string') response.set(OPERATION, toldOperation);
}

/**
 * Writes into `x-request-id` whether and why a tracer would hear of the request: by chance where its client asks for it, else by the id
 * itself (Envoy: mutateTracingRequestHeader). Nothing is traced here; but policies, limits and the origin see the id as it is then. An id
 * that is no UUID by its length and its first digits stays.
 * @param stream its `x-request-id` is written anew
 */
export function markTraceReason(stream: Marked, { client, random, overall }: Sampling): void {
  const { headers } = stream.request;
  const id = headers.get('x-request-id') ?? '';
  const leading = id.slice(0, LEADING_DIGITS);
  if (id.length !== ID_LENGTH || !DIGITS.test(leading)) return;
  const result = Number.parseInt(leading, 16) % RESULTS;
  const isIn = ({ numerator, size }: Share) => result % size < numerator;
  const given = id[REASON_AT] as string;
  let reason = REASONS.includes(given) ? given : '';
  if (reason === '' && headers.has('x-client-trace-id') && isDrawn(client, stream)) reason = 'b';
  if (reason === '' && isIn(random)) reason = '9';
  if (reason === '') return;
  const written = isIn(overall) ? reason : NO_REASON;
  if (written !== given)
    headers.set('x-request-id', id.slice(0, REASON_AT) + written + id.slice(REASON_AT + 1));
}

/** Chance is asked only where it has a say. */
function isDrawn({ numerator, size }: Share, stream: Marked): boolean {
  return numerator > 0 && (numerator >= size || stream.chance.draws(numerator / size));
}
