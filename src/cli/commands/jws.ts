import type { Command } from 'commander';
import {
  type KeySet,
  parseJws,
  STATUS,
  type Status,
  statusText,
  verifySignature,
} from '../../core/jwt/index.ts';
import { EXIT } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import { LINE_LENGTH_MAX } from '../lines.ts';
import { readTextFile } from './token-input.ts';
import { loadKeySet } from './token-keys.ts';

interface VerifyOptions {
  jwks: string;
  json?: boolean;
}

/**
 * `jotgate jws …`: signed objects whose payload may be anything. The set is judged as a published one: secrets among public keys,
 * and two secrets of one kid, are refused, where the gate uses them as Envoy does and warns.
 */
export function configure(command: Command, io: CliIo): void {
  command
    .command('verify')
    .description('checks compact JWS, any payload; exit 5 when one is not valid')
    .argument('<jws>', 'the JWS, @FILE, or - for one a line (ended by LF) on the standard input')
    .requiredOption('--jwks <file>', 'the key set, or a single JWK')
    .option('--json', 'one JSON object a line')
    .action(async (argument: string, options: VerifyOptions) => {
      const keySet = loadKeySet(options.jwks, io, 'refuse');
      let toldOfCr = false;
      for await (const jws of readJwsLines(argument, io)) {
        const status = jws.length > LINE_LENGTH_MAX ? STATUS.jwtIsNotThreeParts : judgeJws(jws, keySet);
        io.out(`${options.json === true ? renderJson(status) : renderText(status)}\n`);
        if (status !== STATUS.ok) io.exitCode = EXIT.deniedOrNotValid;
        if (!toldOfCr && jws.endsWith('\r')) {
          io.err(CR_REMARK);
          toldOfCr = true;
        }
      }
    });
}

/** A JWS holds no CR, so that none is forgiven: what verifies here verifies as it stands. */
const CR_REMARK =
  'a line ends in CR LF, and the CR was judged as part of the JWS; take it off with `tr -d "\\r"`\n';

/** Lines are taken as they are: a blank at an end makes a JWS invalid, and an empty line is an invalid one. */
async function* readJwsLines(argument: string, io: CliIo): AsyncGenerator<string> {
  if (argument === '-' && io.stdinLines !== undefined) {
    yield* io.stdinLines();
    return;
  }
  if (argument !== '-' && !argument.startsWith('@')) {
    yield argument;
    return;
  }
  const text = argument === '-' ? await io.readStdin() : readTextFile(argument.slice(1));
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  yield* lines;
}

/** Form, then key, then signature; a key set that has no readable key verifies nothing. */
export function judgeJws(text: string, keySet: KeySet | Status): Status {
  const jws = parseJws(text);
  if (typeof jws === 'number') return jws;
  return typeof keySet === 'number' ? keySet : verifySignature(jws, keySet).status;
}

function renderText(status: Status): string {
  return status === STATUS.ok ? 'valid' : `invalid: ${statusText(status)}`;
}

function renderJson(status: Status): string {
  return JSON.stringify({ valid: status === STATUS.ok, status, text: statusText(status) });
}
