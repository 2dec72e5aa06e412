import { type Router, RouterSchema } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import type {
  HttpConnectionManager,
  HttpFilter as HttpFilterConfig,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { typeNameOf, unpackAny } from '../../resources/index.ts';
import type { FactoryContext, HttpFilter } from './filter.ts';
import { httpFilterFactories } from './registry.ts';

export interface CompiledFilterChain {
  /** All but the router, in order. */
  filters: readonly HttpFilter[];
  /** The terminal filter's configuration. */
  router: Router;
}

/** Compiles a connection manager's HTTP filters; null when one of them cannot be done or the router does not end them. */
export function compileFilterChain(
  hcm: HttpConnectionManager,
  context: FactoryContext,
): CompiledFilterChain | null {
  const filters: HttpFilter[] = [];
  let router: Router | null = null;
  let complete = true;
  for (const [index, entry] of hcm.httpFilters.entries()) {
    const isLast = index === hcm.httpFilters.length - 1;
    const compiled = compileEntry(entry, isLast, hcm, context);
    if (compiled === null) complete = false;
    else if (compiled === 'disabled') continue;
    else if ('decodeHeaders' in compiled) filters.push(compiled);
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

function compileEntry(
  entry: HttpFilterConfig,
  isLast: boolean,
  hcm: HttpConnectionManager,
  context: FactoryContext,
): HttpFilter | Router | 'disabled' | null {
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
  if (entry.disabled) return 'disabled';
  return factory.compile(unpackAny(factory.schema, configType.value), context);
}

function report(
  { findings }: FactoryContext,
  code: string,
  message: string,
  envoy: 'refuses' | 'accepts',
  about: object,
  field: string,
): void {
  findings.report({ code, severity: 'error', message, envoy, about, field });
}
