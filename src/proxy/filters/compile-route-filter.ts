import type { DescMessage, Message } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { FilterConfigSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { RouterSchema } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { typeNameOf, unpackAny } from '../../resources/index.ts';
import type { CompileLevelConfig, LevelFilterConfig } from '../route/per-filter-config.ts';
import type { FactoryContext, HttpFilterFactory } from './filter.ts';
import { httpFilterFactories } from './registry.ts';

/** Of a connection manager: what its filters have in common. */
export type ChainContext = Omit<FactoryContext, 'name'>;

/** Compiles what routes say to the filters of one connection manager. */
export class RouteFilterCompiler {
  /** Names of the filters that some route switches on or off. */
  readonly switched = new Set<string>();
  readonly compile: CompileLevelConfig;
  readonly #context: ChainContext;
  readonly #entries: ReadonlyMap<string, ChainEntry>;

  constructor(hcm: HttpConnectionManager, context: ChainContext) {
    this.#context = context;
    this.#entries = entriesByName(hcm);
    this.compile = (name, config, level) => this.#compile(name, config, level);
  }

  #compile(name: string, config: Any, level: object): LevelFilterConfig | null {
    const said =
      typeNameOf(config) === FilterConfigSchema.typeName
        ? this.#unwrap(name, config, level)
        : this.#compileConfig(name, config, false, level);
    if (said === 'off' || said === 'on') this.switched.add(name);
    return said;
  }

  /** `FilterConfig`: switches the filter off, on, or says something to it (Envoy: config_impl.cc, PerFilterConfigs). */
  #unwrap(name: string, any: Any, level: object): LevelFilterConfig | null {
    const { disabled, config, isOptional } = unpackAny(FilterConfigSchema, any);
    if (disabled) return 'off';
    if (config === undefined) {
      const message = `Empty route/virtual host per filter configuration for ${name} filter`;
      this.#report('E122', message, 'refuses', name, level);
      return null;
    }
    return config.typeUrl === '' ? 'on' : this.#compileConfig(name, config, isOptional, level);
  }

  #compileConfig(name: string, config: Any, isOptional: boolean, level: object): LevelFilterConfig | null {
    const entry = this.#entries.get(name);
    const typeName = typeNameOf(config);
    if (NO_FILTERS_WORD.test(typeName)) {
      if (isOptional) return 'on';
      const message = `Didn't find a registered implementation for '${name}' with type URL: '${typeName}'`;
      this.#report('E122', message, 'refuses', name, level);
      return null;
    }
    const ownRoute = httpFilterFactories.get(typeName)?.perRoute?.schema.typeName ?? typeName;
    if (ownRoute !== typeName) return this.#compileOtherType(name, config, ownRoute, isOptional, level);
    if (entry === undefined) {
      return this.#ignoreSound(`no HTTP filter is named \`${name}\``, name, config, level);
    }
    const { perRoute } = entry.factory;
    if (perRoute === undefined || typeName === RouterSchema.typeName) {
      if (isOptional) return 'on';
      const message = `The filter ${name} doesn't support virtual host or route specific configurations`;
      this.#report('E122', message, 'refuses', name, level);
      return null;
    }
    if (typeName !== perRoute.schema.typeName) {
      return this.#ignoreSound(`\`${name}\` takes no \`${typeName}\` from a route`, name, config, level);
    }
    const origin = unpackAny(perRoute.schema as DescMessage, config);
    const compiled = perRoute.compile(origin, { ...this.#context, name }, entry.config());
    return compiled === null ? null : { typeName, compiled, origin };
  }

  /** A filter's own configuration where its routes have another: Envoy finds the filter by it and reads it as that, if it is empty. */
  #compileOtherType(
    name: string,
    config: Any,
    routeType: string,
    isOptional: boolean,
    level: object,
  ): LevelFilterConfig | null {
    if (config.value.length > 0) {
      this.#report('E122', `Unable to unpack as ${routeType}`, 'refuses', name, level);
      return null;
    }
    return this.#compileConfig(name, { ...config, typeUrl: `/${routeType}` }, isOptional, level);
  }

  /** What no filter looks at is judged all the same, by the filter that it is a message for. */
  #ignoreSound(message: string, name: string, config: Any, level: object): 'on' | null {
    const typeName = typeNameOf(config);
    const perRoute = routeFactories.find(({ schema }) => schema.typeName === typeName);
    if (perRoute !== undefined) {
      const origin = unpackAny(perRoute.schema as DescMessage, config);
      if (perRoute.compile(origin, { ...this.#context, name }, null) === null) return null;
    }
    return this.#ignore(message, name, level);
  }

  /** Envoy loads it, and no filter ever looks at it; but a filter of that name counts as switched on. */
  #ignore(message: string, name: string, level: object): 'on' {
    const { findings } = this.#context;
    const field = `typed_per_filter_config[${name}]`;
    const text = `\`typed_per_filter_config\` has no effect: ${message}`;
    findings.report({
      code: 'W301',
      severity: 'warning',
      message: text,
      envoy: 'ignores',
      about: level,
      field,
    });
    return 'on';
  }

  #report(code: string, message: string, envoy: 'refuses', name: string, level: object): void {
    const field = `typed_per_filter_config[${name}]`;
    this.#context.findings.report({ code, severity: 'error', message, envoy, about: level, field });
  }
}

/** Types that no HTTP filter has for its routes: none, another `FilterConfig`, parts of other messages. */
const NO_FILTERS_WORD = /^$|^envoy\.config\.|^google\.protobuf\./;

const routeFactories = [...httpFilterFactories.values()].flatMap(({ perRoute }) => perRoute ?? []);

interface ChainEntry {
  factory: HttpFilterFactory;
  config(): Message;
}

function entriesByName(hcm: HttpConnectionManager): ReadonlyMap<string, ChainEntry> {
  const entries = new Map<string, ChainEntry>();
  for (const { name, configType } of hcm.httpFilters) {
    if (configType.case !== 'typedConfig') continue;
    const { value } = configType;
    const factory = httpFilterFactories.get(typeNameOf(value));
    if (factory !== undefined) entries.set(name, { factory, config: () => unpackAny(factory.schema, value) });
  }
  return entries;
}
