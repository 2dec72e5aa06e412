/** A listener's address in the configuration, and where it listens instead (`--listen HOST:PORT=ADDR:PORT`). */
export interface ListenMove {
  host: string;
  port: number;
  address: string;
  toPort: number;
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
export function applyListenMoves(
  moves: readonly ListenMove[],
  at: { address: string; port: number },
): { address: string; port: number } {
  const move = moves.find((one) => one.host === at.address && one.port === at.port);
  return move === undefined ? at : { address: move.address, port: move.toPort };
}

const bare = (host: string | undefined) => (host ?? '').replace(/^\[|\]$/g, '');
