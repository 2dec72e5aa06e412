import type { Message } from '@bufbuild/protobuf';
import {
  type Config,
  ConfigSchema,
} from '#schema/envoy/extensions/filters/http/set_metadata/v3/set_metadata_pb.js';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { type MetadataEntry, SetMetadataFilter } from './filter.ts';

export const setMetadataFactory: HttpFilterFactory = {
  schema: ConfigSchema,
  compile(config: Message, { stats }: FactoryContext): HttpFilter {
    const overwriteDenied = stats.counter('set_metadata.overwrite_denied');
    return new SetMetadataFilter(config, entriesOf(config as Config), overwriteDenied);
  },
  perRoute: { schema: ConfigSchema, compile: ignorePerRoute },
};

/** Envoy loads it, and never looks at it. */
function ignorePerRoute(config: Message, { findings, name }: FactoryContext): object {
  findings.report({
    code: 'W301',
    severity: 'warning',
    message: `\`typed_per_filter_config\` has no effect: \`${name}\` does not look at what routes say`,
    envoy: 'ignores',
    about: config,
  });
  return config;
}

/** The deprecated pair of the message itself comes first, and overwrites. */
function entriesOf(config: Config): MetadataEntry[] {
  const entries: MetadataEntry[] = [];
  if (config.value !== undefined) {
    const { metadataNamespace: namespace, value } = config;
    entries.push({ namespace, overwrites: true, value, origin: config });
  }
  for (const origin of config.metadata) {
    const { metadataNamespace: namespace, allowOverwrite: overwrites, value } = origin;
    if (value !== undefined) entries.push({ namespace, overwrites, value, origin });
  }
  return entries;
}
