import type { Any } from '@bufbuild/protobuf/wkt';
import type { RouteFilterConfig, RouteFilterEntry } from './selected-route.ts';

/** What one level of the route configuration says to one filter. */
export type LevelFilterConfig =
  /** The filter is not run. */
  | 'off'
  /** It is run, whatever its chain entry says; nothing else is said. */
  | 'on'
  | RouteFilterConfig;

/** Compiles one `typed_per_filter_config` entry; null after an error, or where it can have no effect. */
export type CompileLevelConfig = (name: string, config: Any, level: object) => LevelFilterConfig | null;

type Level = { typedPerFilterConfig: { [filter: string]: Any } };

/**
 * Puts one level's words to the filters in front of those of the levels around it. The most specific level that mentions a filter says
 * whether it runs (Envoy: PerFilterConfigs::disabled).
 */
export function layerFilterConfigs(
  level: Level,
  outer: ReadonlyMap<string, RouteFilterEntry> | null,
  compile: CompileLevelConfig,
): ReadonlyMap<string, RouteFilterEntry> | null {
  const names = Object.keys(level.typedPerFilterConfig);
  if (names.length === 0) return outer;
  const layered = new Map(outer ?? []);
  for (const name of names) {
    const said = compile(name, level.typedPerFilterConfig[name] as Any, level);
    if (said === null) continue;
    const beneath = outer?.get(name)?.configs ?? [];
    layered.set(name, {
      off: said === 'off',
      configs: typeof said === 'string' ? beneath : [said, ...beneath],
    });
  }
  return layered.size === 0 ? null : layered;
}
