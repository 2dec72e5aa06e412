import type { CliIo } from '../../../src/cli/io.ts';

/** A terminal that keeps what is written to it. */
export function collectingIo(stdin = ''): CliIo & { printed(): string; talked(): string } {
  let out = '';
  let err = '';
  return {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    readStdin: async () => stdin,
    color: false,
    exitCode: 0,
    printed: () => out,
    talked: () => err,
  };
}
