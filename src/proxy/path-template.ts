import type { TypedExtensionConfig } from '#schema/envoy/config/core/v3/extension_pb.js';
import { UriTemplateMatchConfigSchema } from '#schema/envoy/extensions/path/match/uri_template/v3/uri_template_match_pb.js';
import { typeNameOf, unpackAny } from '../resources/index.ts';

/** The template of a `uri_template` path matcher; null for any other extension. */
export function pathTemplateOf({ typedConfig }: TypedExtensionConfig): string | null {
  if (typedConfig === undefined || typeNameOf(typedConfig) !== UriTemplateMatchConfigSchema.typeName)
    return null;
  return unpackAny(UriTemplateMatchConfigSchema, typedConfig).pathTemplate;
}
