import { BlockList, isIP } from 'node:net';
import { openSqliteStore, type StartIssuerOptions } from '../../server/issuer/index.ts';
import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import { readBytes } from '../read-file.ts';

/** As commander hands them over. */
export interface IssuerFlags {
  readonly realm: string[];
  readonly listen: string;
  readonly baseUrl?: string;
  readonly store?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly profile: string;
  readonly allowRemote?: boolean;
}

type IssuerOptions = Pick<StartIssuerOptions, 'baseUrl' | 'store' | 'tls'> & {
  readonly listen: { readonly address: string; readonly port: number };
  readonly profile: NonNullable<StartIssuerOptions['profile']>;
};

/** @throws UserError for a flag that makes no sense. */
export async function parseIssuerFlags(flags: IssuerFlags): Promise<IssuerOptions> {
  const listen = parseListen(flags.listen, flags.allowRemote ?? false);
  return {
    listen,
    profile: parseProfile(flags.profile),
    baseUrl: parseBaseUrl(flags.baseUrl),
    tls: readTls(flags.tlsCert, flags.tlsKey),
    store: flags.store === undefined ? undefined : openStore(flags.store),
  };
}

function parseListen(text: string, allowsRemote: boolean): { address: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const address = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  if (match === null || port > 65_535 || (isIP(address) === 0 && address !== 'localhost')) {
    throw wrongUse(
      `\`--listen ${text}\` is no ADDRESS:PORT; write it like \`127.0.0.1:8180\` or \`[::1]:8180\``,
    );
  }
  if (!allowsRemote && !isLoopback(address)) {
    throw wrongUse(
      `\`--listen ${text}\` lets other machines in, and guessing passwords is not slowed down yet; add \`--allow-remote\` if that is meant`,
    );
  }
  return { address, port };
}

function isLoopback(address: string): boolean {
  if (address === 'localhost' || address === '::1') return true;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  return isIP(address) === 4 && loopback.check(address);
}

function parseProfile(text: string): IssuerOptions['profile'] {
  if (text === 'legacy' || text === 'modern') return text;
  throw wrongUse(`\`--profile ${text}\` is neither \`legacy\` nor \`modern\``);
}

function parseBaseUrl(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text);
  const isUsable = url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
  if (text !== undefined && !isUsable) {
    throw wrongUse(`\`--base-url ${text}\` is no URL like \`https://id.example/auth\``);
  }
  return text;
}

function readTls(certFile: string | undefined, keyFile: string | undefined): IssuerOptions['tls'] {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    throw wrongUse('`--tls-cert` and `--tls-key` go together');
  }
  return { cert: readText(certFile), key: readText(keyFile) };
}

function openStore(path: string): NonNullable<IssuerOptions['store']> {
  try {
    return openSqliteStore(path);
  } catch (error) {
    throw wrongUse(`the store \`${path}\` cannot be opened: ${(error as Error).message}`);
  }
}

/** @throws UserError when the file cannot be read. */
export const readText = (path: string): string => readBytes(path, 'file').toString('utf8');

const wrongUse = (message: string) => new UserError(message, EXIT.wrongUse);
