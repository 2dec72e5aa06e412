import type { Message } from '@bufbuild/protobuf';
import {
  type Config,
  ConfigSchema,
} from '#schema/envoy/extensions/filters/http/set_metadata/v3/set_metadata_pb.js';
import { packedMessage } from '../../configured-metadata.ts';
import type { StatsScope } from '../../stats.ts';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { routeConfigOf } from '../route-config.ts';
import { type MetadataEntries, type MetadataEntry, SetMetadataFilter } from './filter.ts';

/** `envoy.filters.http.set_metadata`, and what routes say to it. */
export const setMetadataFactory: HttpFilterFactory = {
  schema: ConfigSchema,
  compile(config: Message, { name, stats }: FactoryContext): HttpFilter {
    return new SetMetadataFilter(
      compileEntries(config as Config, stats),
      (route) => routeConfigOf(route, name, setMetadataFactory) as MetadataEntries | undefined,
    );
  },
  // What a route's entries are denied is counted without the connection manager's prefix, as in Envoy.
  perRoute: {
    schema: ConfigSchema,
    compile: (config: Message, { rootStats }: FactoryContext) => compileEntries(config as Config, rootStats),
  },
};

/** The deprecated pair of the message itself comes first, and overwrites. */
function compileEntries(config: Config, stats: StatsScope): MetadataEntries {
  const entries: MetadataEntry[] = [];
  if (config.value !== undefined) {
    const { metadataNamespace: namespace, value } = config;
    entries.push({ namespace, overwrites: true, value, origin: config });
  }
  for (const origin of config.metadata) {
    const { metadataNamespace: namespace, allowOverwrite: overwrites, value, typedValue } = origin;
    if (value !== undefined) entries.push({ namespace, overwrites, value, origin });
    else if (typedValue !== undefined) {
      entries.push({ namespace, overwrites, message: packedMessage(typedValue), origin });
    }
  }
  return { origin: config, entries, overwriteDenied: stats.counter('set_metadata.overwrite_denied') };
}
