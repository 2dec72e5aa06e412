import type { Any } from '@bufbuild/protobuf/wkt';
import { type Router, RouterSchema } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import type {
  HttpConnectionManager,
  HttpFilter as HttpFilterConfig,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { typeNameOf, unpackAny } from '../../resources/index.ts';
import type { ChainContext } from './compile-route-filter.ts';
import type { HttpFilter } from './filter.ts';
import { httpFilterFactories } from './registry.ts';
import { SwitchedFilter } from './switched-filter.ts';

/** The HTTP filters of a connection manager. */
export interface CompiledFilterChain {
  /** All but the router, in order. */
  filters: readonly HttpFilter[];
  /** The terminal filter's configuration. */
  router: Router;
}

/**
 * Compiles a connection manager's HTTP filters; null when one of them cannot be done or the router does not end them.
 * @param switched names of the filters that some route switches on or off
 */
export function compileFilterChain(
  hcm: HttpConnectionManager,
  context: ChainContext,
  switched: ReadonlySet<string>,
): CompiledFilterChain | null {
  const filters: HttpFilter[] = [];
  let router: Router | null = null;
  let complete = true;
  for (const [index, entry] of hcm.httpFilters.entries()) {
    if (isMissing(entry)) {
      reportMissing(entry, context);
      continue;
    }
    const isLast = index === hcm.httpFilters.length - 1;
    const compiled = compileEntry(entry, isLast, hcm, context);
    if (compiled === null) complete = false;
    else if ('decodeHeaders' in compiled) filters.push(withSwitch(compiled, entry, switched));
    else router = compiled;
  }
  if (router === null) {
    const envoy = hcm.httpFilters.length === 0 ? 'accepts' : 'refuses';
    if (complete)
      report(context, 'E206', 'the last HTTP filter must be the router', envoy, hcm, 'http_filters');
    return null;
  }
  return complete ? { filters, router } : null;
}

/** Envoy runs without a filter that may be missing and says nothing of its type. */
function isMissing({ isOptional, configType }: HttpFilterConfig): boolean {
  const isUntyped =
    configType.case === undefined || (configType.case === 'typedConfig' && configType.value.typeUrl === '');
  return isOptional && isUntyped;
}

function reportMissing(entry: HttpFilterConfig, { findings }: ChainContext): void {
  const message = `\`${entry.name}\` has no \`typed_config\` and is optional: the chain is without it`;
  findings.report({
    code: 'W301',
    severity: 'warning',
    message,
    envoy: 'accepts',
    about: entry,
    field: 'is_optional',
  });
}

function withSwitch(
  filter: HttpFilter,
  { name, disabled }: HttpFilterConfig,
  switched: ReadonlySet<string>,
): HttpFilter {
  return disabled || switched.has(name) ? new SwitchedFilter(filter, name, disabled) : filter;
}

function compileEntry(
  entry: HttpFilterConfig,
  isLast: boolean,
  hcm: HttpConnectionManager,
  context: ChainContext,
): HttpFilter | Router | null {
  const { configType } = entry;
  if (configType.case !== 'typedConfig') {
    const field = configType.case === 'configDiscovery' ? 'config_discovery' : 'typed_config';
    report(
      context,
      'E301',
      `\`${entry.name}\` without \`typed_config\` is not supported`,
      'accepts',
      entry,
      field,
    );
    return null;
  }
  const typeName = typeNameOf(configType.value);
  if (typeName === RouterSchema.typeName) {
    if (isLast) return unpackAny(RouterSchema, configType.value);
    report(context, 'E206', 'the router must be the last HTTP filter', 'refuses', hcm, 'http_filters');
    return null;
  }
  const factory = httpFilterFactories.get(typeName);
  if (factory === undefined) {
    report(
      context,
      'E302',
      `the HTTP filter \`${typeName}\` is not supported`,
      'accepts',
      entry,
      'typed_config',
    );
    return null;
  }
  const { value } = configType;
  const compile = () => factory.compile(unpackAny(factory.schema, value), { ...context, name: entry.name });
  const { kept } = context;
  if (kept === undefined) return compile();
  const clusters = factory.clustersOf?.(unpackAny(factory.schema, value)) ?? [];
  return kept.take(filterKey(entry.name, value, clusters.map(kept.clusterText)), compile);
}

/**
 * A filter is made of its name and its configuration alone, and of what all filters of the connection manager have in common; what it
 * has learned came from some clusters.
 */
function filterKey(name: string, { typeUrl, value }: Any, clusters: readonly string[]): string {
  return JSON.stringify([name, typeUrl, Buffer.from(value).toString('base64'), ...clusters]);
}

function report(
  { findings }: ChainContext,
  code: string,
  message: string,
  envoy: 'refuses' | 'accepts',
  about: object,
  field: string,
): void {
  findings.report({ code, severity: 'error', message, envoy, about, field });
}
