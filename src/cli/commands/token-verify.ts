import type { Command } from 'commander';
import {
  checkAudience,
  checkIssuer,
  checkTime,
  type KeySet,
  normalizeAudience,
  type ParsedToken,
  parseToken,
  STATUS,
  type Status,
  statusText,
  verifySignature,
} from '../../core/jwt/index.ts';
import { systemClock } from '../../platform/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { readToken } from './token-input.ts';
import { createSecretKeySet, loadKeySet } from './token-keys.ts';
import { distanceText, instantText, parseInstant, parseSeconds } from './token-times.ts';

/** Lets an option be given more than once. */
const collect = (value: string, before: string[] = []): string[] => [...before, value];

interface VerifyOptions {
  jwks?: string;
  secret?: string;
  issuer?: string;
  audience?: string[];
  at?: string;
  skew: string;
  json?: boolean;
}

/** One check and what came of it. */
interface CheckResult {
  check: 'form' | 'issuer' | 'time' | 'audience' | 'signature';
  status: Status;
  /** For a person: what was looked at. */
  detail: string;
}

export function configureVerify(command: Command, io: CliIo): void {
  command
    .description('checks a token as a provider of the gate would; exit 5 when it is not valid')
    .argument('<token>', 'the token, @FILE or - for the standard input')
    .option('--jwks <file>', 'the key set, or a single JWK')
    .option('--secret <text>', 'the text whose bytes are the HMAC key')
    .option('--issuer <issuer>', 'the `iss` that it must have; default: any')
    .option('--audience <audience>', 'must be in `aud`; given again: or this; default: not checked', collect)
    .option('--at <time>', 'the time, ISO 8601 or seconds since 1970; default: now')
    .option('--skew <duration>', 'allowed difference of clocks', '60s')
    .option('--json', 'one JSON object')
    .action(async (argument: string, options: VerifyOptions) => {
      verifyToken(await readToken(argument, io), options, io);
    });
}

function verifyToken(text: string, options: VerifyOptions, io: CliIo): void {
  const keySet = chooseKeySet(options, io);
  const token = parseToken(text);
  const results: CheckResult[] =
    typeof token === 'number'
      ? [{ check: 'form', status: token, detail: 'not readable' }]
      : runChecks(token, keySet, options);
  const failed = results.find((result) => result.status !== STATUS.ok);
  io.out(options.json === true ? renderJson(results, failed) : renderText(results, failed));
  if (failed !== undefined) io.exitCode = EXIT.deniedOrNotValid;
}

function chooseKeySet(options: VerifyOptions, io: CliIo): KeySet | Status {
  if ((options.jwks === undefined) === (options.secret === undefined)) {
    throw new UserError('give the key: either --jwks FILE or --secret TEXT', EXIT.wrongUse);
  }
  return options.jwks === undefined
    ? createSecretKeySet(options.secret as string, io)
    : loadKeySet(options.jwks, io);
}

/** All checks, even after one failed, in the order in which Envoy makes them: the first failure is the gate's answer. */
function runChecks(token: ParsedToken, keySet: KeySet | Status, options: VerifyOptions): CheckResult[] {
  const nowMs = options.at === undefined ? systemClock.now() : parseInstant(options.at, '--at');
  const skewSeconds = parseSeconds(options.skew, '--skew');
  const audiences = new Set((options.audience ?? []).map(normalizeAudience));
  return [
    {
      check: 'issuer',
      status: checkIssuer(token.claims, options.issuer ?? ''),
      detail: options.issuer === undefined ? 'any is taken' : `\`${token.claims.iss}\``,
    },
    { check: 'time', status: checkTime(token.claims, nowMs, skewSeconds), detail: timeDetail(token, nowMs) },
    {
      check: 'audience',
      status: checkAudience(token.claims, audiences),
      detail: audiences.size === 0 ? 'any is taken' : token.claims.aud.map((aud) => `\`${aud}\``).join(', '),
    },
    signatureResult(token, keySet),
  ];
}

function timeDetail({ claims }: ParsedToken, nowMs: number): string {
  if (claims.nbf * 1000 > nowMs)
    return `not before ${instantText(claims.nbf)}, ${distanceText(claims.nbf, nowMs)}`;
  if (claims.exp === 0) return 'it never expires';
  return `exp ${instantText(claims.exp)}, ${distanceText(claims.exp, nowMs)}`;
}

function signatureResult(token: ParsedToken, keySet: KeySet | Status): CheckResult {
  const alg = token.header.alg.name;
  if (typeof keySet === 'number') return { check: 'signature', status: keySet, detail: alg };
  const { status, key } = verifySignature(token, keySet);
  if (key !== null) {
    return { check: 'signature', status, detail: key.kid === '' ? alg : `${alg}, key \`${key.kid}\`` };
  }
  const refused = keySet.candidates(token.header.kid).find((candidate) => candidate.refusal !== null);
  const reason = token.fault?.reason ?? refused?.refusal;
  return { check: 'signature', status, detail: reason === undefined ? alg : `${alg}; ${reason}` };
}

function renderText(results: CheckResult[], failed: CheckResult | undefined): string {
  const lines = results.map(({ check, status, detail }) => {
    const verdict = status === STATUS.ok ? 'good' : statusText(status);
    return `${check.padEnd(10)}${verdict}${detail === '' ? '' : ` (${detail})`}`;
  });
  lines.push(failed === undefined ? 'valid' : `not valid: ${statusText(failed.status)}`);
  return `${lines.join('\n')}\n`;
}

function renderJson(results: CheckResult[], failed: CheckResult | undefined): string {
  const status = failed?.status ?? STATUS.ok;
  return `${JSON.stringify({
    valid: failed === undefined,
    status,
    text: statusText(status),
    checks: results.map((result) => ({ ...result, text: statusText(result.status) })),
  })}\n`;
}
