import { type ListenAddress, renderListenAddress } from './listen-move.ts';

/** One sentence: what is wrong with an address, and what to do next. */
export function describeListenError(
  error: NodeJS.ErrnoException,
  at: ListenAddress,
  configured: ListenAddress,
): string {
  const where = renderListenAddress(at);
  const other = `\`--listen ${renderListenAddress(configured)}=127.0.0.1:PORT\``;
  switch (error.code) {
    case 'EADDRINUSE':
      return `cannot listen on ${where}: another program does; stop it, or listen elsewhere with ${other}`;
    case 'EACCES':
      return `cannot listen on ${where}: ports below 1024 need privileges; listen elsewhere with ${other}`;
    case 'EADDRNOTAVAIL':
      return `cannot listen on ${where}: this machine does not have that address; listen elsewhere with ${other}`;
    default:
      return `cannot listen on ${where}: ${error.code ?? error.message}; listen elsewhere with ${other}`;
  }
}
