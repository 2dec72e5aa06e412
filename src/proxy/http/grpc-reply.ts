import type { MatchedRequest } from '../../core/match/index.ts';
import type { HeaderList } from './header-list.ts';

/** gRPC status codes that stand for HTTP ones (Envoy: grpc/status.cc). */
const GRPC_STATUS: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};
const UNKNOWN = 2;

/** Whether a request is gRPC's, so that a reply of the gate's own has to be told in its words (envoy.md §2.4). */
export function isGrpcRequest({
  names,
  values,
}: Pick<MatchedRequest['headers'], 'names' | 'values'>): boolean {
  const at = names.indexOf('content-type');
  return at >= 0 && isGrpcType(values[at] as string);
}

/** The same of the request as it came, whatever filters have made of its type since (Envoy: filter_manager.cc). */
export function cameAsGrpc(headers: HeaderList): boolean {
  const { receivedType } = headers;
  return receivedType === undefined ? isGrpcRequest(headers) : isGrpcType(receivedType);
}

const isGrpcType = (type: string) => type === 'application/grpc' || type.startsWith('application/grpc+');

/**
 * Tells a gRPC client of a refusal in the head of its reply; the HTTP status is 200 and there is no body. A status that routes, filters or
 * local reply rules have written there already stays (Envoy: utility.cc, prepareLocalReply).
 */
export function writeGrpcFields(
  headers: HeaderList,
  status: number,
  message: string,
  grpcStatus = GRPC_STATUS[status] ?? UNKNOWN,
): void {
  headers.set('content-type', 'application/grpc');
  if (!headers.get('grpc-status')) headers.set('grpc-status', String(grpcStatus));
  if (message !== '') headers.set('grpc-message', encodeMessage(message));
}

/** Percent-encodes bytes below space, `~` and above, and `%`. */
function encodeMessage(text: string): string {
  return text.replaceAll(
    /[^ -$&-}]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
