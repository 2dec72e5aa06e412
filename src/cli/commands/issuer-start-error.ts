import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';

/** What kept the issuer from starting, in a sentence with what to do; an error that is our own fault stays as it is. */
export function startErrorOf(error: unknown, listen: { address: string; port: number }): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const place = `${listen.address}:${listen.port}`;
  const sentence =
    SENTENCES[code]?.(place) ?? (/^ERR_(?:SSL|OSSL)/.test(code) ? tlsSentence(message) : undefined);
  return sentence === undefined ? error : new UserError(sentence, EXIT.wrongUse);
}

const SENTENCES: Readonly<Record<string, (place: string) => string>> = {
  EADDRINUSE: (place) =>
    `${place} is in use; stop what listens there or choose another port with \`--listen\``,
  EADDRNOTAVAIL: (place) => `this machine has no address for ${place}; choose another with \`--listen\``,
  EACCES: (place) => `${place} may not be used by this user; choose a port above 1023 with \`--listen\``,
};

const tlsSentence = (message: string) =>
  `\`--tls-cert\` and \`--tls-key\` are no certificate and its key: ${message}`;
