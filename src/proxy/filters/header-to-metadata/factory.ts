import type { Message } from '@bufbuild/protobuf';
import {
  type Config,
  ConfigSchema,
} from '#schema/envoy/extensions/filters/http/header_to_metadata/v3/header_to_metadata_pb.js';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { routeConfigOf } from '../route-config.ts';
import { HeaderToMetadataFilter, type MetadataRules } from './filter.ts';
import { compileRule } from './rule.ts';

/** `envoy.filters.http.header_to_metadata`, and what routes say to it. */
export const headerToMetadataFactory: HttpFilterFactory = {
  schema: ConfigSchema,
  compile(config: Message, context: FactoryContext): HttpFilter | null {
    const rules = compileRules(config as Config, context);
    if (rules === null) return null;
    return new HeaderToMetadataFilter(
      rules,
      (route) => routeConfigOf(route, context.name, headerToMetadataFactory) as MetadataRules | undefined,
    );
  },
  perRoute: { schema: ConfigSchema, compile: compilePerRoute },
};

function compilePerRoute(config: Message, context: FactoryContext): MetadataRules | null {
  const { requestRules, responseRules } = config as Config;
  if (requestRules.length > 0 || responseRules.length > 0) return compileRules(config as Config, context);
  context.findings.report({
    code: 'E122',
    severity: 'error',
    message:
      'header_to_metadata_filter: Per filter configs must at least specify either request or response rules',
    envoy: 'refuses',
    about: config,
  });
  return null;
}

function compileRules(config: Config, { findings }: FactoryContext): MetadataRules | null {
  const before = findings.list.length;
  const rules = {
    origin: config,
    request: config.requestRules.map((rule) => compileRule(rule, findings)),
    response: config.responseRules.map((rule) => compileRule(rule, findings)),
  };
  const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
  return hasErrors ? null : rules;
}
