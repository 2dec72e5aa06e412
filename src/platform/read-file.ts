import { closeSync, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';

/** No file that a configuration names is longer, and the process must not die of one. */
const NAMED_BYTES_MAX = 64 * 1024 * 1024;
const PIECE_BYTES = 65_536;

/**
 * Reads a file, a pipe or a device to its end.
 * @throws an error with Node's code; `EFBIG` as soon as there is more than `bytesMax`
 */
export function readToEnd(path: string, bytesMax: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const full: Buffer[] = [];
    let piece = Buffer.allocUnsafe(Math.max(PIECE_BYTES, size));
    // A pipe may give a byte at a time: a piece is filled before there is another.
    for (let length = 0, filled = 0; ; ) {
      if (Math.max(length, size) > bytesMax) throw tooLong(bytesMax);
      if (filled === piece.length) {
        full.push(piece);
        piece = Buffer.allocUnsafe(PIECE_BYTES);
        filled = 0;
      }
      const count = readSync(file, piece, { offset: filled });
      if (count === 0) return joined(full, piece.subarray(0, filled));
      filled += count;
      length += count;
    }
  } finally {
    closeSync(file);
  }
}

function joined(full: readonly Buffer[], last: Buffer): Buffer {
  const [first = last] = full;
  return full.length + Math.sign(last.length) <= 1 ? first : Buffer.concat([...full, last]);
}

const SYSTEM = /^\/(?:dev|sys|proc)/;

/**
 * Reads a file that a configuration names. Like Envoy it reads no device and nothing of the kernel's, but a descriptor that was handed on
 * (Envoy: filesystem_impl.cc, illegalPath); nor does it wait for whoever might write to a pipe.
 */
export function readNamedFile(path: string): Buffer {
  if (path.startsWith('/dev/fd/')) return readToEnd(path, NAMED_BYTES_MAX);
  if (SYSTEM.test(realpathSync(path))) throw new Error('a device, or a file of the kernel’s');
  if (statSync(path).isFIFO()) throw new Error('a pipe');
  return readToEnd(path, NAMED_BYTES_MAX);
}

function tooLong(bytesMax: number): Error {
  return Object.assign(new Error(`longer than ${bytesMax} bytes`), { code: 'EFBIG' });
}
