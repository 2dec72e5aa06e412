import type {
  RateLimit_Action as ActionConfig,
  RateLimit_Action_RemoteAddressMatch as AddressMatchConfig,
  RateLimit_Action_MetaData as MetadataConfig,
  RateLimit_Action_QueryParameters as QueryParametersConfig,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { AddressMatcher } from '#schema/envoy/type/matcher/v3/address_pb.js';
import { isCredentialName } from '../../../base/index.ts';
import {
  compileHeaderMatcher,
  compileQueryParameterMatcher,
  createIpRange,
  findMetadata,
  lowerAscii,
  toByteString,
} from '../../../core/match/index.ts';
import type { DescriptorEntry } from '../../../core/ratelimit/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { reportFormat } from '../../format/report-refusal.ts';
import { headerOf } from '../../format/request-operators.ts';
import { compileTextFormat } from '../../format/text-format.ts';
import { clientOf } from '../../http/client-address.ts';
import { firstParameter } from '../../http/query.ts';
import { fieldOf, refuseField, refuseInto } from '../../refusals.ts';
import type { FactoryContext, FilterStream } from '../filter.ts';
import { maskAddress } from './mask-address.ts';

/**
 * What an action adds to a descriptor: a pair, nothing (the descriptor goes on without it), or a word why the whole descriptor is not
 * made (Envoy: router_ratelimit.cc).
 */
export type ActionResult = DescriptorEntry | null | { missing: string };

export type Action = (stream: FilterStream) => ActionResult;

/** Compiles one action; null after an error. */
export function compileAction(
  config: ActionConfig,
  context: Pick<FactoryContext, 'findings'>,
): Action | null {
  const { case: kind, value } = config.actionSpecifier;
  switch (kind) {
    case 'genericKey': {
      const entry = pair(value.descriptorKey || 'generic_key', value.descriptorValue);
      return () => entry;
    }
    case 'requestHeaders': {
      const { headerName, descriptorKey, skipIfAbsent } = value;
      return requestHeader(lowerAscii(headerName), toByteString(descriptorKey), skipIfAbsent);
    }
    case 'remoteAddress':
      return ({ request, connection }) => {
        return { key: 'remote_address', value: clientOf(request, connection).address };
      };
    case 'maskedRemoteAddress': {
      const lengths = { v4: value.v4PrefixMaskLen ?? 32, v6: value.v6PrefixMaskLen ?? 128 };
      return ({ request, connection }) => {
        const address = clientOf(request, connection).address;
        return { key: 'masked_remote_address', value: maskAddress(address, lengths) };
      };
    }
    case 'destinationCluster':
      return destinationCluster;
    case 'headerValueMatch': {
      const matchers = value.headers.map((one) => compileHeaderMatcher(one, refuseInto(context.findings)));
      if (!matchers.every((one) => one !== null)) return null;
      const entry = pair(value.descriptorKey || 'header_match', value.descriptorValue);
      return matching(entry, value.expectMatch ?? true, ({ request, recorder }) =>
        matchers.every((one) => one.matches(request, recorder)),
      );
    }
    case 'queryParameterValueMatch': {
      const refuse = refuseInto(context.findings);
      const matchers = value.queryParameters.map((one) => compileQueryParameterMatcher(one, refuse));
      if (!matchers.every((one) => one !== null)) return null;
      const entry = pair(value.descriptorKey || 'query_match', value.descriptorValue);
      return matching(entry, value.expectMatch ?? true, ({ request, recorder }) =>
        matchers.every((one) => one.matches(request.path, recorder)),
      );
    }
    case 'metadata':
      return metadataValue(value);
    case 'queryParameters':
      return queryParameter(value);
    case 'remoteAddressMatch':
      return remoteAddressMatch(value, context.findings);
    case 'sourceCluster':
    case 'dynamicMetadata':
    case 'extension':
    case undefined:
      refuseField(context.findings, config, kind === undefined ? 'action_specifier' : fieldOf(kind));
      return null;
  }
}

const pair = (key: string, value: string): DescriptorEntry => ({
  key: toByteString(key),
  value: toByteString(value),
});

function requestHeader(name: string, key: string, skipIfAbsent: boolean): Action {
  const isCredential = isCredentialName(name);
  return ({ request }) => {
    const value = headerOf(request, name);
    if (value !== undefined) return isCredential ? { key, value, isCredential } : { key, value };
    return skipIfAbsent ? null : { missing: `header ${name} is missing` };
  };
}

function queryParameter(config: QueryParametersConfig): Action {
  const [name, key] = [toByteString(config.queryParameterName), toByteString(config.descriptorKey)];
  const isCredential = isCredentialName(name);
  return ({ request }) => {
    const value = firstParameter(request.path, name);
    if (value !== undefined) return isCredential ? { key, value, isCredential } : { key, value };
    return config.skipIfAbsent
      ? null
      : { missing: `query parameter ${config.queryParameterName} is missing` };
  };
}

/** The only action whose value is a format, whatever the runtime says. */
function remoteAddressMatch(config: AddressMatchConfig, findings: Findings): Action | null {
  const compiled = compileTextFormat(config.descriptorValue, '');
  if ('refusal' in compiled) {
    reportFormat(compiled.refusal, '`descriptor_value`', config, 'descriptor_value', findings);
    return null;
  }
  const matches = compileAddresses(config.addressMatcher, findings);
  if (matches === null) return null;
  const key = toByteString(config.descriptorKey || 'remote_address_match');
  const fallback = toByteString(config.defaultValue);
  return (stream) => {
    const { address } = clientOf(stream.request, stream.connection);
    if (!matches(address)) return { missing: `the address ${address} does not match` };
    const value = compiled.format.render(stream) || fallback;
    return value === '' ? { missing: 'its value is empty' } : { key, value };
  };
}

function compileAddresses(
  config: AddressMatcher | undefined,
  findings: Findings,
): ((address: string) => boolean) | null {
  const { ranges = [], invertMatch = false } = config ?? {};
  const blocks = ranges.map((one) => createIpRange(one.addressPrefix, one.prefixLen));
  const bad = ranges[blocks.indexOf(null)];
  if (bad !== undefined) {
    refuseInto(findings)(`malformed IP address: \`${bad.addressPrefix}\``, bad, 'address_prefix');
    return null;
  }
  return (address) => blocks.some((block) => block?.contains(address) === true) !== invertMatch;
}

function destinationCluster({ route }: FilterStream): ActionResult {
  return route?.action.kind === 'cluster'
    ? { key: 'destination_cluster', value: toByteString(route.action.cluster) }
    : { missing: 'the route has no cluster' };
}

function matching(
  entry: DescriptorEntry,
  expected: boolean,
  test: (stream: FilterStream) => boolean,
): Action {
  return (stream) => {
    if (test(stream) === expected) return entry;
    return { missing: `the request ${expected ? 'does not match' : 'matches'}` };
  };
}

/** Only texts count: a number, a list or an object is as good as nothing, and so is an empty text. */
function metadataValue(config: MetadataConfig): Action {
  const key = toByteString(config.descriptorKey);
  const namespace = config.metadataKey?.key ?? '';
  const path = (config.metadataKey?.path ?? []).map(({ segment }) => segment.value ?? '');
  const place =
    namespace === 'envoy.filters.http.jwt_authn' ? `claim ${path.slice(1).join('.')}` : path.join('.');
  const fallback = toByteString(config.defaultValue);
  return ({ metadataIfAny }) => {
    const found = findMetadata(metadataIfAny, namespace, path);
    const value = typeof found === 'string' && found !== '' ? toByteString(found) : fallback;
    if (value !== '') return { key, value };
    if (config.skipIfAbsent) return null;
    return { missing: `${place} ${found === undefined ? 'is missing' : 'is no text'}` };
  };
}
