import type { Command } from 'commander';
import { type ParsedToken, parseToken, statusText } from '../../core/jwt/index.ts';
import { systemClock } from '../../platform/index.ts';
import { EXIT } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import { readToken } from './token-input.ts';
import { remarksOn } from './token-remarks.ts';
import { distanceText, instantText, parseInstant } from './token-times.ts';

interface InspectOptions {
  json?: boolean;
  at?: string;
}

export function configureInspect(command: Command, io: CliIo): void {
  command
    .description('shows what is in a token; proves nothing')
    .argument('<token>', 'the token, @FILE or - for the standard input')
    .option('--at <time>', 'the time to reckon from, ISO 8601 or seconds since 1970; default: now')
    .option('--json', 'one JSON object')
    .action(async (argument: string, options: InspectOptions) => {
      inspectToken(await readToken(argument, io), options, io);
    });
}

function inspectToken(text: string, options: InspectOptions, io: CliIo): void {
  const token = parseToken(text);
  if (typeof token === 'number') {
    io.exitCode = EXIT.deniedOrNotValid;
    if (options.json === true)
      io.out(`${JSON.stringify({ error: { status: token, text: statusText(token) } })}\n`);
    else io.out(`not a token: ${statusText(token)}\n`);
    return;
  }
  const nowMs = options.at === undefined ? systemClock.now() : parseInstant(options.at, '--at');
  io.out(options.json === true ? renderJson(token, nowMs) : renderText(token, nowMs));
}

function renderText(token: ParsedToken, nowMs: number): string {
  const lines = [
    'header',
    indent(JSON.stringify(token.header.json, null, 2)),
    'payload: encoded, not encrypted; whoever holds the token can read it',
    indent(JSON.stringify(token.payload, null, 2)),
    ...timesOf(token).map(
      ([name, seconds]) => `${name}  ${instantText(seconds)}  ${distanceText(seconds, nowMs)}`,
    ),
    `signature: ${token.signature.length} bytes, ${token.header.alg.name}; not checked here, \`jotgate token verify\` does`,
    ...remarksOn(token, nowMs).map((remark) => `remark: ${remark}`),
  ];
  return `${lines.join('\n')}\n`;
}

function renderJson(token: ParsedToken, nowMs: number): string {
  const times = timesOf(token).map(([name, seconds]) => [name, { seconds, time: instantText(seconds) }]);
  return `${JSON.stringify({
    header: token.header.json,
    payload: token.payload,
    times: Object.fromEntries(times),
    signature: { alg: token.header.alg.name, bytes: token.signature.length, checked: false },
    remarks: remarksOn(token, nowMs),
  })}\n`;
}

function timesOf(token: ParsedToken): [name: string, seconds: number][] {
  const { iat, nbf, exp } = token.claims;
  const times: [string, number][] = [
    ['iat', iat],
    ['nbf', nbf],
    ['exp', exp],
  ];
  return times.filter(([name]) => Object.hasOwn(token.payload, name));
}

const indent = (text: string): string => text.replaceAll(/^/gm, '  ');
