import type { DataSource } from '#schema/envoy/config/core/v3/base_pb.js';
import type {
  JwtProvider,
  RemoteJwks,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { Clock, Logger } from '../../../base/index.ts';
import {
  type CryptoPort,
  findingText,
  isTooLongJwks,
  jwksFaultText,
  type KeySet,
  parseJwksBytes,
  statusText,
} from '../../../core/jwt/index.ts';
import { toByteString } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { inlineText } from '../../data-source.ts';
import { durationMsUp } from '../../duration.ts';
import type { KeptScope } from '../../kept.ts';
import type { JwksFetcher } from '../filter.ts';
import { type KeySource, LocalKeys, RemoteKeys, type RemoteKeysOptions, UnknownKeys } from './key-source.ts';
import type { JwtAuthnStats } from './stats.ts';

/** What compiling a provider's keys asks of its surroundings. */
export interface KeyContext {
  findings: Findings;
  clock: Clock;
  crypto: CryptoPort;
  jwks: JwksFetcher | null;
  envoyExact: boolean;
  logger: Logger;
  stats: JwtAuthnStats;
  kept?: KeptScope | undefined;
}

/** Where a provider's keys come from; errors are reported at their fields, and then there are none (envoy.md §1.4). */
export function compileKeys(name: string, config: JwtProvider, context: KeyContext): KeySource {
  const specifier = config.jwksSourceSpecifier;
  switch (specifier.case) {
    case 'remoteJwks':
      return compileRemoteKeys(name, specifier.value, config.issuer, context);
    case 'localJwks':
      return compileLocalKeys(name, specifier.value, config, context);
    case undefined:
      context.findings.report({
        code: 'E122',
        severity: 'error',
        message: `provider \`${name}\` needs one of \`remote_jwks\`, \`local_jwks\``,
        envoy: 'refuses',
        about: config,
      });
      return new LocalKeys(null);
  }
}

/** Keys in a file or a variable that nobody has read in are those that whoever explains the configuration has been told. */
function compileLocalKeys(
  name: string,
  source: DataSource,
  config: JwtProvider,
  context: KeyContext,
): KeySource {
  const { case: kind, value: file } = source.specifier;
  if (context.jwks?.unread !== undefined && (kind === 'filename' || kind === 'environmentVariable')) {
    const given = context.jwks.unread(name, file);
    return given === null ? new UnknownKeys() : parseLocalKeys(name, toByteString(given), config, context);
  }
  const text = inlineText(source, context.findings);
  return text === null || text === '' ? new LocalKeys(null) : parseLocalKeys(name, text, config, context);
}

function parseLocalKeys(name: string, bytes: string, config: JwtProvider, context: KeyContext): KeySource {
  const keys = parseJwksBytes(Buffer.from(bytes, 'latin1'), context.crypto);
  if (typeof keys !== 'number') {
    warnOfKeys(name, keys, config, context.findings);
    return new LocalKeys(keys);
  }
  const text = Buffer.from(bytes, 'latin1').toString();
  const isTooLong = isTooLongJwks(text);
  context.findings.report({
    code: isTooLong ? 'E301' : 'E213',
    severity: 'error',
    message: isTooLong
      ? `\`local_jwks\` of provider \`${name}\`: ${jwksFaultText(text, keys)}`
      : `Provider '${name}' in jwt_authn config has invalid local jwks: ${statusText(keys)}`,
    envoy: isTooLong ? 'accepts' : 'refuses',
    about: config,
    field: 'local_jwks',
  });
  return new LocalKeys(null);
}

/** Keys that are skipped or refused while the others are used. */
function warnOfKeys(provider: string, keys: KeySet, config: JwtProvider, findings: Findings): void {
  for (const finding of keys.findings) {
    findings.report({
      code: 'W213',
      severity: 'warning',
      message: `local jwks of provider \`${provider}\`: ${findingText(finding)}`,
      envoy: finding.kind === 'skipped' ? 'ignores' : 'accepts',
      about: config,
      field: 'local_jwks',
    });
  }
}

const DEFAULT_CACHE_MS = 600_000;
const DEFAULT_BACK_OFF_MS = 1000;
const DEFAULT_FAILED_REFETCH_MS = 1000;

function compileRemoteKeys(
  provider: string,
  config: RemoteJwks,
  issuer: string,
  context: KeyContext,
): KeySource {
  const { httpUri, cacheDuration, asyncFetch, retryPolicy } = config;
  const backOff = retryPolicy?.retryBackOff;
  const base = backOff?.baseInterval === undefined ? DEFAULT_BACK_OFF_MS : durationMsUp(backOff.baseInterval);
  const max = backOff?.maxInterval === undefined ? base * 10 : durationMsUp(backOff.maxInterval);
  const cacheMs = cacheDuration === undefined ? DEFAULT_CACHE_MS : Number(cacheDuration.seconds) * 1000;
  const options = {
    request: {
      provider,
      uri: httpUri?.uri ?? '',
      cluster: httpUri?.httpUpstreamType.value ?? '',
      timeoutMs: httpUri?.timeout === undefined ? 0 : durationMsUp(httpUri.timeout),
      retries: retryPolicy === undefined ? 0 : (retryPolicy.numRetries ?? 1),
      backOffMs: { base, max },
      // A policy without retries limits its one try all the same (Envoy: jwks_fetcher.cc).
      ...(retryPolicy === undefined ? {} : { tryTimeoutMs: max }),
    },
    cacheMs,
    background:
      asyncFetch === undefined
        ? null
        : { failedRefetchMs: failedRefetchMs(asyncFetch), awaited: !asyncFetch.fastListener },
    refetchesUnknownKid: !context.envoyExact,
    logger: context.logger,
    fetcher: context.jwks,
    clock: context.clock,
    crypto: context.crypto,
    stats: context.stats,
  };
  return keptKeys(options, issuer, context);
}

/** Keys that were fetched stay known where they are fetched the same way for the same issuer; the provider's name does not matter. */
function keptKeys(options: RemoteKeysOptions, issuer: string, { kept }: KeyContext): KeySource {
  if (kept === undefined) return new RemoteKeys(options);
  const { provider: _, ...request } = options.request;
  const server = kept.clusterText(request.cluster);
  const key = `keys ${JSON.stringify([issuer, request, options.cacheMs, options.background, server])}`;
  return kept.take(key, () => new RemoteKeys(options));
}

function failedRefetchMs({ failedRefetchDuration: duration }: NonNullable<RemoteJwks['asyncFetch']>): number {
  return duration === undefined ? DEFAULT_FAILED_REFETCH_MS : durationMsUp(duration);
}
