import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { connect } from 'node:net';
import type { CertifiedKey } from '../../src/platform/index.ts';

/** The server's word for: say hello again with a key share (RFC 8446 §4.1.3). */
const RETRY = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');
const HANDSHAKE = 22;
const ENCRYPTED = 23;
const FINISHED = 20;

/**
 * A TLS 1.3 client that names one server, is asked to say hello again for want of a key share, and then names another.
 * @param names empty: none is named
 * @returns what the server answers to `request`; empty where it ends the connection
 */
export function askUnderTwoNames(
  port: number,
  names: readonly [string, string],
  client: CertifiedKey,
  request: string,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const session = new Session(names, client, request, (bytes) => socket.write(bytes));
    socket.on('connect', () => session.start());
    let records: Buffer = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      records = Buffer.concat([records, bytes]);
      while (records.length >= 5 && records.length >= 5 + records.readUInt16BE(3)) {
        const end = 5 + records.readUInt16BE(3);
        session.take(records.subarray(0, end));
        records = records.subarray(end);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(session.answer));
  });
}

class Session {
  answer = '';
  readonly #names: readonly [string, string];
  readonly #client: CertifiedKey;
  readonly #request: string;
  readonly #send: (bytes: Buffer) => void;
  readonly #share = generateKeyPairSync('x25519');
  readonly #random = randomBytes(32);
  #transcript: Buffer = Buffer.alloc(0);
  #handshake: Buffer = Buffer.alloc(0);
  #in: Direction | null = null;
  #out: Direction | null = null;
  #secrets: Record<'master' | 'client', Buffer> = { master: Buffer.alloc(0), client: Buffer.alloc(0) };
  #requestContext: Buffer = Buffer.alloc(0);
  #established = false;

  constructor(
    names: readonly [string, string],
    client: CertifiedKey,
    request: string,
    send: (bytes: Buffer) => void,
  ) {
    this.#names = names;
    this.#client = client;
    this.#request = request;
    this.#send = send;
  }

  start(): void {
    this.#sayHello(this.#names[0], Buffer.alloc(0));
  }

  take(record: Buffer): void {
    const [type] = record;
    if (type === HANDSHAKE) this.#takeMessages(record.subarray(5));
    else if (type === ENCRYPTED && this.#in !== null) {
      const inner = this.#in.open(record);
      const end = inner.findLastIndex((byte) => byte !== 0);
      const content = inner.subarray(0, end);
      if (inner[end] === ENCRYPTED) this.answer += content.toString('latin1');
      else if (inner[end] === HANDSHAKE && !this.#established) this.#takeMessages(content);
    }
  }

  #takeMessages(bytes: Buffer): void {
    this.#handshake = Buffer.concat([this.#handshake, bytes]);
    while (this.#handshake.length >= 4) {
      const end = 4 + this.#handshake.readUIntBE(1, 3);
      if (this.#handshake.length < end) return;
      const message = this.#handshake.subarray(0, end);
      this.#handshake = this.#handshake.subarray(end);
      this.#takeMessage(message);
    }
  }

  #takeMessage(message: Buffer): void {
    const [type] = message;
    if (type === 2 && message.subarray(6, 38).equals(RETRY)) {
      // In the transcript the first hello is the hash of itself (RFC 8446 §4.4.1).
      this.#transcript = Buffer.concat([Buffer.from([254, 0, 0, 32]), hashOf(this.#transcript), message]);
      this.#sayHello(this.#names[1], rawKeyOf(this.#share.publicKey));
      return;
    }
    this.#transcript = Buffer.concat([this.#transcript, message]);
    if (type === 2) this.#agree(message);
    if (type === 13) this.#requestContext = Buffer.from(message.subarray(4, 5 + (message[4] as number)));
    if (type === FINISHED) this.#finish();
  }

  #sayHello(name: string, share: Buffer): void {
    const shares = share.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0, 29, 0, 32]), share]);
    const host = Buffer.concat([Buffer.from([0]), sized(2, Buffer.from(name))]);
    const extensions = [
      ...(name === '' ? [] : [extension(0, sized(2, host))]),
      extension(10, sized(2, Buffer.from([0, 29]))),
      extension(13, sized(2, Buffer.from([4, 3, 8, 4, 4, 1]))),
      extension(43, sized(1, Buffer.from([3, 4]))),
      extension(51, sized(2, shares)),
    ];
    const hello = Buffer.concat([
      Buffer.from([3, 3]),
      this.#random,
      Buffer.from([0, 0, 2, 0x13, 1, 1, 0]),
      sized(2, Buffer.concat(extensions)),
    ]);
    this.#send(this.#record(HANDSHAKE, this.#message(1, hello)));
  }

  /** The server's hello: from here on all is encrypted (RFC 8446 §7.1). */
  #agree(hello: Buffer): void {
    const extensions = 4 + 34 + 1 + (hello[38] as number) + 3 + 2;
    const shareAt = hello.indexOf(Buffer.from([0, 51, 0, 36, 0, 29, 0, 32]), extensions) + 8;
    const publicKey = createPublicKey({
      key: Buffer.concat([X25519_PREFIX, hello.subarray(shareAt, shareAt + 32)]),
      format: 'der',
      type: 'spki',
    });
    const shared = diffieHellman({ privateKey: this.#share.privateKey, publicKey });
    const early = hmac(Buffer.alloc(32), Buffer.alloc(32));
    const secret = hmac(derive(early, 'derived', hashOf(Buffer.alloc(0))), shared);
    const at = hashOf(this.#transcript);
    this.#in = new Direction(derive(secret, 's hs traffic', at));
    const client = derive(secret, 'c hs traffic', at);
    this.#out = new Direction(client);
    const master = hmac(derive(secret, 'derived', hashOf(Buffer.alloc(0))), Buffer.alloc(32));
    this.#secrets = { master, client };
  }

  #finish(): void {
    const at = hashOf(this.#transcript);
    const { raw } = new X509Certificate(this.#client.certificate);
    const entry = Buffer.concat([sized(3, raw), Buffer.from([0, 0])]);
    this.#send(
      this.#seal(HANDSHAKE, this.#message(11, Buffer.concat([this.#requestContext, sized(3, entry)]))),
    );
    const signed = Buffer.concat([
      Buffer.alloc(64, 32),
      Buffer.from('TLS 1.3, client CertificateVerify\0'),
      hashOf(this.#transcript),
    ]);
    const signature = sign('sha256', signed, this.#client.privateKey);
    this.#send(
      this.#seal(HANDSHAKE, this.#message(15, Buffer.concat([Buffer.from([4, 3]), sized(2, signature)]))),
    );
    const finishedKey = derive(this.#secrets.client, 'finished', Buffer.alloc(0));
    const verify = hmac(finishedKey, hashOf(this.#transcript));
    this.#send(this.#seal(HANDSHAKE, this.#message(FINISHED, verify)));
    this.#in = new Direction(derive(this.#secrets.master, 's ap traffic', at));
    this.#out = new Direction(derive(this.#secrets.master, 'c ap traffic', at));
    this.#established = true;
    this.#send(this.#seal(ENCRYPTED, Buffer.from(this.#request)));
  }

  #message(type: number, body: Buffer): Buffer {
    const message = Buffer.concat([Buffer.from([type]), sized(3, body)]);
    this.#transcript = Buffer.concat([this.#transcript, message]);
    return message;
  }

  #record(type: number, content: Buffer): Buffer {
    return Buffer.concat([Buffer.from([type, 3, 3]), sized(2, content)]);
  }

  #seal(type: number, content: Buffer): Buffer {
    return (this.#out as Direction).seal(Buffer.concat([content, Buffer.from([type])]));
  }
}

/** Keys of one direction, and how many records have gone. */
class Direction {
  readonly #key: Buffer;
  readonly #iv: Buffer;
  #count = 0;

  constructor(secret: Buffer) {
    this.#key = derive(secret, 'key', Buffer.alloc(0), 16);
    this.#iv = derive(secret, 'iv', Buffer.alloc(0), 12);
  }

  seal(content: Buffer): Buffer {
    const header = Buffer.from([ENCRYPTED, 3, 3, 0, 0]);
    header.writeUInt16BE(content.length + 16, 3);
    const cipher = createCipheriv('aes-128-gcm', this.#key, this.#nonce()).setAAD(header);
    return Buffer.concat([header, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  }

  open(record: Buffer): Buffer {
    const tag = record.subarray(-16);
    const decipher = createDecipheriv('aes-128-gcm', this.#key, this.#nonce())
      .setAAD(record.subarray(0, 5))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(record.subarray(5, -16)), decipher.final()]);
  }

  #nonce(): Buffer {
    const nonce = Buffer.from(this.#iv);
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.#count++) >>> 0, 8);
    return nonce;
  }
}

const X25519_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const rawKeyOf = (key: KeyObject) =>
  key.export({ format: 'der', type: 'spki' }).subarray(X25519_PREFIX.length);
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
const hmac = (key: Buffer, bytes: Buffer) => createHmac('sha256', key).update(bytes).digest();
const extension = (type: number, content: Buffer) =>
  Buffer.concat([Buffer.from([0, type]), sized(2, content)]);

/** HKDF-Expand-Label; no output is longer than one hash (RFC 8446 §7.1). */
function derive(secret: Buffer, label: string, context: Buffer, length = 32): Buffer {
  const info = Buffer.concat([
    Buffer.from([0, length]),
    sized(1, Buffer.from(`tls13 ${label}`)),
    sized(1, context),
    Buffer.from([1]),
  ]);
  return hmac(secret, info).subarray(0, length);
}

/** A content after its length in so many bytes. */
function sized(width: number, content: Buffer): Buffer {
  const length = Buffer.alloc(width);
  length.writeUIntBE(content.length, 0, width);
  return Buffer.concat([length, content]);
}
