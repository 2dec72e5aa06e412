import { GateStartError } from '../../server/index.ts';
import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';

/** What kept the scene from opening, in a sentence with what to do; an error that is our own fault stays as it is. */
export function demoErrorOf(error: unknown): unknown {
  if (error instanceof UserError) return error;
  if (error instanceof GateStartError && error.findings.length === 0) {
    return new UserError(`${error.message}; then start the demo again`, EXIT.wrongUse);
  }
  const { code = '', path, port, syscall } = error as NodeJS.ErrnoException & { port?: number };
  const sentence = SENTENCES.find(([codes, calls]) => codes.test(code) && calls.test(syscall ?? ''));
  return sentence === undefined ? error : new UserError(sentence[2](path ?? '', port, code), EXIT.wrongUse);
}

type Sentence = (path: string, port: number | undefined, code: string) => string;

const SENTENCES: readonly (readonly [codes: RegExp, calls: RegExp, sentence: Sentence])[] = [
  [
    /^EADDRINUSE$/,
    /listen/,
    (_, port) =>
      `another program took port ${port} of 127.0.0.1 while the demo started; start the demo again`,
  ],
  [
    /^(?:EADDRNOTAVAIL|EACCES|EPERM)$/,
    /listen/,
    (_, port, code) =>
      `this machine lets nobody listen on port ${port} of 127.0.0.1 (${code}), and the demo has to; start it elsewhere`,
  ],
  [
    /^(?:EACCES|EROFS|ENOSPC|ENOENT|EDQUOT|ENOTDIR)$/,
    /mkdtemp/,
    (path, _, code) =>
      `cannot make the temporary folder \`${path}\` (${code}); set TMPDIR to a folder that can be written to`,
  ],
  [
    /^(?:ENOENT|EACCES|EISDIR)$/,
    /open|read/,
    (path, _, code) =>
      `cannot read \`${path}\` (${code}), which comes with jotgate; install it anew, or in a checkout \`git checkout examples\``,
  ],
];
