import type { Listener } from '#schema/envoy/config/listener/v3/listener_pb.js';
import type { CheckContext } from './check-context.ts';
import { isIpAddress } from './ip-address.ts';

/** Addresses must be IP addresses and each used once (Envoy: listener_manager_impl.cc). */
export function checkListeners(listeners: readonly Listener[], context: CheckContext): void {
  const taken = new Map<string, Listener>();
  for (const listener of listeners) {
    checkChains(listener, context);
    if (listener.address === undefined) complainOfNone(listener, context);
    const address = listener.address?.address;
    if (address?.case !== 'socketAddress') continue;
    const socket = address.value;
    if (!isIpAddress(socket.address)) {
      if (socket.address !== '') complainOfName(socket, context);
      continue;
    }
    const port = socket.portSpecifier.case === 'portValue' ? socket.portSpecifier.value : 0;
    if (port !== 0) checkTaken(`${socket.address}:${port}`, listener, taken, socket, context);
  }
}

function checkChains(listener: Listener, context: CheckContext): void {
  if (listener.filterChains.length > 0 || listener.defaultFilterChain !== undefined) return;
  if (context.isBroken(listener, 'filter_chains')) return;
  context.complain({
    code: 'filterChain',
    message: 'no filter chains specified',
    hint: 'a listener needs at least one entry in `filter_chains`',
    about: listener,
  });
}

/** Without a specifier a listener listens at its address; what the specifiers want is for whoever supports them. */
function complainOfNone(listener: Listener, context: CheckContext): void {
  if (listener.listenerSpecifier.case !== undefined || listener.apiListener !== undefined) return;
  if (context.isBroken(listener, 'address')) return;
  context.complain({
    code: 'required',
    message: 'address is necessary',
    hint: 'write `address: {socket_address: {address: 127.0.0.1, port_value: 8080}}`',
    about: listener,
  });
}

function complainOfName(socket: { address: string }, context: CheckContext): void {
  context.complain({
    code: 'badAddress',
    message: `malformed IP address: \`${socket.address}\``,
    hint: 'a listener binds an IP address, such as 127.0.0.1 or 0.0.0.0',
    about: socket,
    field: 'address',
  });
}

function checkTaken(
  key: string,
  listener: Listener,
  taken: Map<string, Listener>,
  about: object,
  context: CheckContext,
): void {
  const first = taken.get(key);
  if (first === undefined) {
    taken.set(key, listener);
    return;
  }
  const where = context.whereIs(first, about);
  context.complain({
    code: 'duplicateListenerAddress',
    message: `duplicate address \`${key}\``,
    hint: where === undefined ? undefined : `the listener at ${where} has it already`,
    about,
    field: 'address',
  });
}
