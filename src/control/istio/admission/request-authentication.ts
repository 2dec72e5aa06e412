import type { ClaimToHeader, JWTHeader, JWTRule, RequestAuthentication } from '#schema/istio/security_pb.js';
import { parseGoDuration } from '../go-duration.ts';
import type { Faults } from './fault.ts';
import { judgeJwksText } from './jwks-text.ts';
import { admitTarget } from './target.ts';

const RULES_MAX = 4096;
const URI_MAX = 2048;
const SPACE_DELIMITED_MAX = 64;
const MILLISECOND = 1_000_000n;

/** Istio's own checks of a RequestAuthentication (istio.md §1.1, §1.2, §2.9). */
export function admitRequestAuthentication(object: RequestAuthentication, faults: Faults): void {
  const annotations = object.metadata?.annotations ?? {};
  if (annotations['istio.io/dry-run'] !== undefined) {
    faults.webhook(
      object.metadata ?? object,
      'annotations[istio.io/dry-run]',
      'a RequestAuthentication has no dry run',
    );
  }
  if (object.spec === undefined) return;
  admitTarget(object.spec, faults);
  const { jwtRules } = object.spec;
  if (jwtRules.length > RULES_MAX) faults.schema(object.spec, 'jwt_rules', `more than ${RULES_MAX} rules`);
  for (const rule of jwtRules) admitRule(rule, faults);
}

function admitRule(rule: JWTRule, faults: Faults): void {
  if (rule.issuer === '')
    faults.schema(rule, 'issuer', '`issuer` is empty', 'leave it out, or name the issuer');
  if (!rule.issuer && !rule.jwksUri) {
    faults.webhook(rule, undefined, 'neither `issuer` nor `jwksUri` is set');
  }
  if (rule.jwks !== undefined && rule.jwksUri !== undefined) {
    faults.schema(rule, 'jwks', 'only one of `jwks` and `jwksUri` can be set');
  }
  noneEmpty(rule, 'audiences', rule.audiences, faults);
  noneEmpty(rule, 'from_params', rule.fromParams, faults);
  noneEmpty(rule, 'from_cookies', rule.fromCookies, faults);
  noneEmpty(rule, 'space_delimited_claims', rule.spaceDelimitedClaims, faults);
  if (rule.spaceDelimitedClaims.length > SPACE_DELIMITED_MAX) {
    faults.schema(rule, 'space_delimited_claims', `more than ${SPACE_DELIMITED_MAX} claims`);
  }
  admitKeys(rule, faults);
  if (rule.timeout !== undefined) admitTimeout(rule, rule.timeout, faults);
  for (const header of rule.fromHeaders) admitHeader(header, faults);
  for (const output of rule.outputClaimToHeaders) admitClaimToHeader(output, faults);
}

function noneEmpty(rule: JWTRule, field: string, texts: readonly string[], faults: Faults): void {
  for (const [index, text] of texts.entries()) {
    if (text === '') faults.schema(rule, `${field}[${index}]`, 'an empty entry');
  }
}

function admitKeys(rule: JWTRule, faults: Faults): void {
  if (rule.jwksUri !== undefined) admitUri(rule, rule.jwksUri, faults);
  if (!rule.jwks) return;
  const { problem, secretKeys } = judgeJwksText(rule.jwks);
  if (problem !== undefined) faults.webhook(rule, 'jwks', `\`jwks\` cannot be read: ${problem}`);
  for (const index of secretKeys) {
    faults.warn(rule, 'jwks', `key ${index} of \`jwks\` is a secret: who reads this file can make tokens`);
  }
}

function admitUri(rule: JWTRule, uri: string, faults: Faults): void {
  if (uri.length > URI_MAX) {
    faults.schema(rule, 'jwks_uri', `\`jwksUri\` is longer than ${URI_MAX} characters`);
  }
  const match = /^https?:\/\/([^/?#]*)/i.exec(uri);
  if (match === null) {
    faults.both(rule, 'jwks_uri', `\`${uri}\` is neither an http nor an https address`);
    return;
  }
  const port = /:([^:\]]*)$/.exec(match[1] as string)?.[1] ?? '';
  if (!/^\d*$/.test(port)) faults.webhook(rule, 'jwks_uri', `\`${port}\` is no port`);
}

function admitTimeout(rule: JWTRule, timeout: string, faults: Faults): void {
  const nanoseconds = parseGoDuration(timeout);
  if (nanoseconds !== null && nanoseconds >= MILLISECOND && nanoseconds % MILLISECOND === 0n) return;
  const hint = 'a number with a unit, at least a millisecond: `5s`, `1m`, `250ms`';
  faults.both(rule, 'timeout', `\`${timeout}\` is no timeout`, hint);
}

function admitHeader(header: JWTHeader, faults: Faults): void {
  if (header.name === '') faults.both(header, 'name', 'a header needs a `name`');
}

function admitClaimToHeader(output: ClaimToHeader, faults: Faults): void {
  if (!/^[-_A-Za-z0-9]+$/.test(output.header)) {
    faults.both(output, 'header', `\`${output.header}\` is no header name`);
  }
  if (output.claim === '') faults.both(output, 'claim', 'a header is to be made of a `claim`');
}
