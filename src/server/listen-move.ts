/** A listener's address in the configuration, and where it listens instead (`--listen HOST:PORT=ADDR:PORT`). */
export interface ListenMove {
  host: string;
  port: number;
  address: string;
  toPort: number;
}

export interface ListenAddress {
  address: string;
  port: number;
}

const SIDE = /^(\[[^\]]+\]|[^:[\]]*):(\d{1,5})$/;

/** Reads `HOST:PORT=ADDR:PORT`; port 0 on the right means any free one. @returns null when the text is not that. */
export function parseListenMove(text: string): ListenMove | null {
  const [from, to, ...rest] = text.split('=');
  const left = SIDE.exec(from ?? '');
  const right = SIDE.exec(to ?? '');
  if (left === null || right === null || rest.length > 0) return null;
  const move = {
    host: bare(left[1]),
    port: Number(left[2]),
    address: bare(right[1]),
    toPort: Number(right[2]),
  };
  return move.port > 65_535 || move.toPort > 65_535 || move.address === '' ? null : move;
}

/** Where a listener listens: the first move that names its address, or that address itself. */
export function applyListenMoves(moves: readonly ListenMove[], at: ListenAddress): ListenAddress {
  const move = moves.find((one) => one.host === at.address && one.port === at.port);
  return move === undefined ? at : { address: move.address, port: move.toPort };
}

/** A move of what nobody listens at would leave the listener that was meant open at its own address. @returns null when all fit */
export function describeUnusedMove(
  moves: readonly ListenMove[],
  listeners: readonly ListenAddress[],
): string | null {
  const unused = moves.find(
    (move) => !listeners.some((at) => at.address === move.host && at.port === move.port),
  );
  if (unused === undefined) return null;
  const names = listeners.map((at) => `\`${renderListenAddress(at)}\``);
  const known = names.length === 0 ? 'there are none' : `the configuration has ${names.join(', ')}`;
  const given = renderListenAddress({ address: unused.host, port: unused.port });
  return `\`--listen ${given}=…\` moves no listener: ${known}`;
}

/** `host:port`, IPv6 in brackets: what `--listen` reads. */
export const renderListenAddress = ({ address, port }: ListenAddress) =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const bare = (host: string | undefined) => (host ?? '').replace(/^\[|\]$/g, '');
