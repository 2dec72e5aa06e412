import type { TypedExtensionConfig } from '#schema/envoy/config/core/v3/extension_pb.js';
import type { RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { UriTemplateRewriteConfigSchema } from '#schema/envoy/extensions/path/rewrite/uri_template/v3/uri_template_rewrite_pb.js';
import { compileTemplateRewrite } from '../../core/match/index.ts';
import { type Findings, typeNameOf, unpackAny } from '../../resources/index.ts';
import { pathTemplateOf } from '../path-template.ts';
import { refuseField, refuseInto } from '../refusals.ts';

/** Compiles `path_rewrite_policy`, of which Envoy has one kind; null for an error. */
export function compileRewritePolicy(
  extension: TypedExtensionConfig,
  match: RouteMatch | undefined,
  findings: Findings,
): ((bare: string) => string | null) | null {
  const { typedConfig } = extension;
  if (typedConfig === undefined || typeNameOf(typedConfig) !== UriTemplateRewriteConfigSchema.typeName) {
    const type = typedConfig === undefined ? extension.name : typeNameOf(typedConfig);
    refuseField(findings, extension, 'typed_config', ` with the type \`${type}\``);
    return null;
  }
  const policy = match?.pathSpecifier.case === 'pathMatchPolicy' ? match.pathSpecifier.value : undefined;
  const template = policy === undefined ? null : pathTemplateOf(policy);
  const refuse = refuseInto(findings);
  if (template === null) {
    refuse(
      'unable to use envoy.path.rewrite.uri_template.uri_template_rewriter extension without envoy.path.match.uri_template.uri_template_matcher extension',
      extension,
      'typed_config',
    );
    return null;
  }
  const { pathTemplateRewrite } = unpackAny(UriTemplateRewriteConfigSchema, typedConfig);
  const compiled = compileTemplateRewrite(template, pathTemplateRewrite);
  if ('rewrite' in compiled) return compiled.rewrite;
  refuse(compiled.error, extension, 'typed_config');
  return null;
}
