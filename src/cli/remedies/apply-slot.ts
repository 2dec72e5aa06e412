import type { JwtProvider } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { memberOf } from '../../core/jwt/index.ts';
import type { ConnectionInfo, RequestWords } from '../../proxy/rehearsal/index.ts';
import { ownPlaces } from '../policy-diff/token-dimension.ts';
import {
  type Alternative,
  type Constraint,
  nameOfSlot,
  type Slot,
  type SlotValue,
  valuesFor,
} from './constraint.ts';
import { type Draft, splitTarget, withHeader, withParameter, withPath } from './draft.ts';
import { type ReadToken, setClaim, type TokenNeeds, tokenAt, tokensFor, withToken } from './solve-token.ts';

export interface SlotContext {
  /** By the key of the metadata that payloads go to. */
  writers(payloadKey: string): readonly TokenNeeds[];
  /** Providers that make a header of a claim. */
  claimHeaders: readonly { header: string; path: readonly string[]; needs: TokenNeeds }[];
  nowSeconds: number;
  read: ReadToken;
}

const DRAFTS_MAX = 12;

/** The draft with each slot of an alternative set to what is wanted of it, in each way that there is. */
export function applyAlternative(alternative: Alternative, draft: Draft, context: SlotContext): Draft[] {
  const bySlot = new Map<string, Constraint[]>();
  for (const constraint of alternative) {
    const name = nameOfSlot(constraint.slot);
    bySlot.set(name, [...(bySlot.get(name) ?? []), constraint]);
  }
  let drafts = [draft];
  for (const constraints of bySlot.values()) {
    const { slot } = constraints[0] as Constraint;
    drafts = drafts.flatMap((one) => applySlot(slot, constraints, one, context)).slice(0, DRAFTS_MAX);
  }
  return drafts;
}

function applySlot(
  slot: Slot,
  constraints: readonly Constraint[],
  draft: Draft,
  context: SlotContext,
): Draft[] {
  if (slot.kind === 'claim') return applyClaim(slot, constraints, draft, context);
  const now = readSlot(slot, draft);
  const made = valuesFor(constraints, now).flatMap((value) =>
    value === now ? [draft] : (writeSlot(slot, value, draft) ?? []),
  );
  if (slot.kind !== 'header') return made;
  const claims = context.claimHeaders.filter(({ header }) => header === slot.name);
  return [
    ...made,
    ...claims.flatMap(({ path, needs }) => applyClaimHeader(path, needs, constraints, draft, context)),
  ];
}

function readSlot(slot: Slot, { words, connection }: Draft): SlotValue {
  switch (slot.kind) {
    case 'method':
      return words.method;
    case 'path':
      return splitTarget(words.path)[0];
    case 'target':
      return words.path;
    case 'host':
      return words.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? words.authority;
    case 'scheme':
      return words.scheme;
    case 'header':
      return words.headers.find(([name]) => name.toLowerCase() === slot.name)?.[1];
    case 'parameter': {
      const parts = (splitTarget(words.path)[1] ?? '').split('&');
      return parts.find((part) => part.split('=', 1)[0] === slot.name)?.slice(slot.name.length + 1);
    }
    case 'peer':
      return connection.remoteAddress;
    case 'forwarded':
      return words.headers
        .find(([name]) => name.toLowerCase() === 'x-forwarded-for')?.[1]
        ?.split(',')
        .at(-1)
        ?.trim();
    case 'serverName':
      return connection.serverName;
    case 'tls':
      return connection.tls;
    case 'certificate':
      return connection.peer?.subject;
    default:
      return undefined;
  }
}

/** null: no request can be made so. */
function writeSlot(slot: Slot, value: SlotValue, draft: Draft): Draft | null {
  const words = wordsWith(slot, value, draft.words);
  if (words !== null) return { ...draft, words };
  const connection = connectionWith(slot, value, draft.connection);
  return connection === null ? null : { ...draft, connection };
}

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const TARGET = /^\/[\u0021-\u007E]*$/;
const HOST = /^[\u0021-\u007E]+$/;
const FIELD =
  /^([\u0021-\u007E\u00A1-\u{10FFFF}]([\u0020-\u007E\u00A1-\u{10FFFF}]*[\u0021-\u007E\u00A1-\u{10FFFF}])?)?$/u;
const PARAMETER = /^[!-~]*$/;

function wordsWith(slot: Slot, value: SlotValue, words: RequestWords): RequestWords | null {
  const text = typeof value === 'string' ? value : undefined;
  const fits = (form: RegExp) => text !== undefined && form.test(text);
  switch (slot.kind) {
    case 'method':
      return fits(TOKEN) ? { ...words, method: text as string } : null;
    case 'path':
      return fits(TARGET) && !/[?#]/.test(text as string) ? withPath(words, text as string) : null;
    case 'target':
      return fits(TARGET) && !text?.includes('#') ? { ...words, path: text as string } : null;
    case 'host':
      return fits(HOST) ? { ...withHeader(words, 'host', null), authority: text as string } : null;
    case 'header':
      if (!TOKEN.test(slot.name)) return null;
      return text === undefined || fits(FIELD) ? withHeader(words, slot.name, text ?? null) : null;
    case 'parameter':
      if (!/^[!-~]+$/.test(slot.name) || /[#&=]/.test(slot.name)) return null;
      return text === undefined || (fits(PARAMETER) && !/[#&]/.test(text as string))
        ? withParameter(words, slot.name, text ?? null)
        : null;
    case 'forwarded':
      return fits(FIELD) ? withHeader(words, 'x-forwarded-for', text as string) : null;
    default:
      return null;
  }
}

function connectionWith(slot: Slot, value: SlotValue, connection: ConnectionInfo): ConnectionInfo | null {
  if (slot.kind === 'tls') return { ...connection, tls: value === true, serverName: '', peer: null };
  if (typeof value !== 'string') return null;
  switch (slot.kind) {
    case 'peer':
      return { ...connection, remoteAddress: value };
    case 'serverName':
      return { ...connection, tls: value !== '' || connection.tls, serverName: value };
    case 'certificate': {
      const names = value.includes('://')
        ? { uriNames: [value], dnsNames: [] }
        : { uriNames: [], dnsNames: [value] };
      return { ...connection, tls: true, peer: { ...names, subject: '' } };
    }
    default:
      return null;
  }
}

type ClaimSlot = Extract<Slot, { kind: 'claim' }>;

/** In the token that the provider takes already, else in a new one. */
function applyClaim(
  { payloadKey, claim }: ClaimSlot,
  constraints: readonly Constraint[],
  draft: Draft,
  context: SlotContext,
): Draft[] {
  const writers = context.writers(payloadKey);
  const now = writers.map(({ provider }) => claimsFor(provider, draft, context)).find((one) => one !== null);
  const value = now === undefined || now === null ? undefined : memberOf(now, claim);
  if (constraints.every(({ test }) => test(value))) return [draft];
  const texts = valuesFor(constraints, value);
  return writers.flatMap((needs) =>
    tokensFor(needs, draft, context.nowSeconds, context.read).flatMap((token) =>
      texts.map((text) => withToken(draft, { ...token, claims: setClaim(token.claims, [claim], text) })),
    ),
  );
}

function claimsFor(provider: JwtProvider, draft: Draft, { read }: SlotContext) {
  for (const place of ownPlaces(provider)) {
    const claims = tokenAt(draft, place, read);
    if (claims !== null) return claims;
  }
  return null;
}

/** A header that jwt_authn writes is no client's to set: the claim behind it is. */
function applyClaimHeader(
  path: readonly string[],
  needs: TokenNeeds,
  constraints: readonly Constraint[],
  draft: Draft,
  context: SlotContext,
): Draft[] {
  const values = valuesFor(constraints, undefined);
  return tokensFor(needs, draft, context.nowSeconds, context.read).flatMap((token) =>
    values.map((value) => withToken(draft, { ...token, claims: setClaim(token.claims, path, value) })),
  );
}
