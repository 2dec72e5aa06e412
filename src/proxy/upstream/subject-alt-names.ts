import { isIP } from 'node:net';

/** The kinds of names that are told apart; all others are `OTHER`. */
export type AlternativeNameType = 'EMAIL' | 'DNS' | 'URI' | 'IP_ADDRESS' | 'OTHER';

/** One subject alternative name of a certificate (RFC 5280 §4.2.1.6). */
export interface AlternativeName {
  type: AlternativeNameType;
  value: string;
}

const TYPES: Record<string, AlternativeNameType> = {
  DNS: 'DNS',
  URI: 'URI',
  email: 'EMAIL',
  'IP Address': 'IP_ADDRESS',
};

/**
 * Takes apart Node's rendering of a certificate's subject alternative names (`DNS:a, IP Address:::1`). A value that needs
 * quoting is written by Node as a JSON string; such a name matches nothing and is left out.
 */
export function parseAlternativeNames(text: string | undefined): AlternativeName[] {
  const names: AlternativeName[] = [];
  for (const [, type, value] of (text ?? '').matchAll(/([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)) {
    if (value?.startsWith('"')) continue;
    names.push({ type: TYPES[type?.trim() ?? ''] ?? 'OTHER', value: value ?? '' });
  }
  return names;
}

/** Whether a DNS name of a certificate stands for a host: equal, or `*.` for exactly one label (RFC 9525 §6.3). */
export function dnsNameCovers(pattern: string, host: string): boolean {
  const name = pattern.toLowerCase();
  const wanted = host.toLowerCase();
  if (!name.startsWith('*.')) return name === wanted;
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted.slice(dot) === name.slice(1) && isIP(wanted) === 0;
}
