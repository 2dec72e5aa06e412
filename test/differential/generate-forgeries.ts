import { createHmac, createPublicKey } from 'node:crypto';
import type { Choose } from './choose.ts';
import type { Draft, Flaw } from './generate-tokens.ts';
import type { KeyPool, PoolKey } from './keys.ts';

const bytesOf = (text: string) => Buffer.from(text, 'base64url');
const toBigInt = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex') || '0'}`);
const toBytes = (value: bigint, length: number) =>
  Buffer.from(
    value
      .toString(16)
      .padStart(length * 2, '0')
      .slice(-length * 2),
    'hex',
  );

/** An HMAC whose secret is what everybody knows: RFC 8725 §2.1. */
const signByPublicKey: Flaw = (draft, { choose }) => {
  const { jwk } = draft.key;
  const secret = choose.weighted<Buffer>([
    [1, () => bytesOf(String(jwk['n'] ?? jwk['x'] ?? jwk['k']))],
    [1, () => Buffer.from(JSON.stringify(jwk))],
    [jwk['kty'] === 'oct' ? 0 : 1, () => pemOf(draft.key)],
    [1, () => Buffer.alloc(32)],
  ]);
  draft.algorithm = draft.header['alg'] = 'HS256';
  draft.key = { ...draft.key, sign: (text) => createHmac('sha256', secret).update(text).digest() };
};

const pemOf = ({ jwk }: PoolKey) =>
  Buffer.from(
    createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    }),
  );

/** The token brings the key along, or says where it is to be had. */
const bringKey =
  ({ strangers }: KeyPool, choose: Choose): Flaw =>
  (draft) => {
    if (choose.chance(0.7)) draft.key = choose.pick(strangers);
    const algorithm = draft.key.algorithms[0] as string;
    draft.algorithm = draft.header['alg'] = algorithm;
    Object.assign(
      draft.header,
      choose.pick<Record<string, unknown>>([
        { jwk: draft.key.jwk },
        { jku: 'http://keys.test/1/p0' },
        { x5u: 'http://keys.test/1/p0' },
        { x5c: ['MIIB'] },
      ]),
    );
  };

/** Orders of the curves' groups. */
const ORDERS: Record<string, bigint> = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  EdDSA: 2n ** 252n + 27742317777372353535851937790883648493n,
};

/** A signature as bytes that another one is made of. */
const changeSignature = (draft: Draft, change: (signature: Buffer) => Buffer) => {
  draft.finish = (token) => {
    const at = token.lastIndexOf('.') + 1;
    return token.slice(0, at) + change(bytesOf(token.slice(at))).toString('base64url');
  };
};

/** The other signature of the same text, numbers outside of their range, or a byte too many. */
const respellSignature: Flaw = (draft, { choose }) => {
  const order = ORDERS[draft.algorithm];
  const changes: ((signature: Buffer) => Buffer)[] = [
    (signature) => Buffer.concat([Buffer.alloc(1), signature]),
    (signature) => signature.subarray(1),
    (signature) => Buffer.alloc(signature.length, 255),
    (signature) => Buffer.alloc(signature.length),
  ];
  if (order !== undefined) {
    changes.push((signature) => {
      const half = signature.length / 2;
      const [first, second] = [signature.subarray(0, half), signature.subarray(half)];
      if (draft.algorithm === 'EdDSA') {
        const s = toBigInt(Buffer.from(second).reverse()) + order;
        return Buffer.concat([first, toBytes(s, half).reverse()]);
      }
      return Buffer.concat([first, toBytes(order - toBigInt(second), half)]);
    });
  }
  changeSignature(draft, choose.pick(changes));
};

/** A salt of another length than the hash's (RFC 7518 §3.5). */
const saltOtherwise: Flaw = (draft, { choose }) => {
  const { key } = draft;
  const { signPss } = key;
  if (signPss === undefined || !key.algorithms.includes('PS256')) return;
  const saltLength = choose.pick([0, 20, 64]);
  draft.algorithm = draft.header['alg'] = 'PS256';
  draft.key = { ...key, sign: (text) => signPss(text, saltLength) };
};

/** Members of the header that change nothing, unless they do. */
const decorateHeader: Flaw = (draft, { choose }) => {
  Object.assign(
    draft.header,
    choose.pick<Record<string, unknown>>([
      { zip: 'DEF' },
      { cty: 'JWT' },
      { typ: 'at+jwt' },
      { typ: 1 },
      { enc: 'A128GCM' },
      { x5t: 'AA' },
      { iss: 'i', aud: 'a' },
    ]),
  );
};

/** The same claims in other words. */
const respellClaims: Flaw = (draft, { choose }) => {
  const text = JSON.stringify(draft.claims);
  draft.claimsText = choose.pick([
    JSON.stringify(draft.claims, null, 2),
    ` ${text}\r\n`,
    text.replaceAll(/"(\w)(\w*)":/g, (_, first: string, rest: string) => `"${escaped(first)}${rest}":`),
    text.replaceAll(/:"([a-z])/g, (_, first: string) => `:"${escaped(first)}`),
  ]);
};

const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** So long that no cache takes it. */
const lengthen: Flaw = (draft, { choose }) => {
  draft.claims['long'] = 'x'.repeat(choose.pick([100, 4000, 9000]));
};

/** What somebody may try who has no key, and what a careful issuer would not write. */
export const FORGERIES: readonly (readonly [weight: number, flaw: Flaw])[] = [
  [3, signByPublicKey],
  [2, (draft, context) => bringKey(context.pool, context.choose)(draft, context)],
  [3, respellSignature],
  [2, saltOtherwise],
  [2, decorateHeader],
  [2, respellClaims],
  [1, lengthen],
];
