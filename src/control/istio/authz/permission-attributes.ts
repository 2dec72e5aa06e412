import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { type Permission, PermissionSchema } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import { UriTemplateMatchConfigSchema } from '#schema/envoy/extensions/path/match/uri_template/v3/uri_template_match_pb.js';
import { packAny } from '../../../resources/index.ts';
import type { Value } from '../lineage.ts';
import { type Algebra, type Generator, Unfit } from './attribute.ts';
import { ENVOY_FILTER_PREFIX, envoyFilterKey } from './condition-key.ts';
import { headerMatcher } from './header-matcher.ts';
import { parseIpRange } from './ip-range.ts';
import { listValue, metadataMatcher, orValue, stringValue } from './metadata-matcher.ts';
import { parsePort } from './port.ts';
import { wildcardMatcher } from './string-matcher.ts';

type Rule = NonNullable<MessageInitShape<typeof PermissionSchema>['rule']>;

function permission(rule: Rule): Permission {
  return create(PermissionSchema, { rule });
}

export const permissionAlgebra: Algebra<Permission> = {
  any: () => permission({ case: 'any', value: true }),
  and: (rules) => permission({ case: 'andRules', value: { rules } }),
  or: (rules) => permission({ case: 'orRules', value: { rules } }),
  not: (rule) => permission({ case: 'notRule', value: rule }),
};

export const hosts: Generator<Permission> = {
  each: ({ text }, { tcp }) =>
    tcp
      ? new Unfit('hosts exist on HTTP only')
      : permission({ case: 'header', value: headerMatcher(':authority', text, 'ignore case') }),
};

export const methods: Generator<Permission> = {
  each: ({ text }, { tcp }) =>
    tcp
      ? new Unfit('methods exist on HTTP only')
      : permission({ case: 'header', value: headerMatcher(':method', text) }),
};

export const paths: Generator<Permission> = {
  each: ({ text }, { tcp }) => {
    if (tcp) return new Unfit('paths exist on HTTP only');
    if (isPathTemplate(text)) return uriTemplate(text);
    return permission({ case: 'urlPath', value: { rule: { case: 'path', value: wildcardMatcher(text) } } });
  },
};

export const ports: Generator<Permission> = {
  each: ({ text }) => {
    const port = parsePort(text);
    return port === null
      ? new Unfit(`\`${text}\` is no port`)
      : permission({ case: 'destinationPort', value: port });
  },
};

export const destinationIps: Generator<Permission> = {
  each: ({ text }) => {
    const range = parseIpRange(text);
    if (range === null) return new Unfit(`\`${text}\` is no IP address or block`);
    return permission({
      case: 'destinationIp',
      value: { addressPrefix: range.address, prefixLen: range.bits },
    });
  },
};

export const serverNames: Generator<Permission> = {
  each: ({ text }) => permission({ case: 'requestedServerName', value: wildcardMatcher(text) }),
};

/** Metadata that any filter wrote: `experimental.envoy.filters.NAME[KEY]`; a value in brackets is looked for in a list. */
export function envoyFilterMetadata(key: string): Generator<Permission> {
  return {
    all: (values) => {
      const parsed = envoyFilterKey(key);
      if (parsed === null)
        return new Unfit(`\`${key}\` is not of the form \`${ENVOY_FILTER_PREFIX}NAME[KEY]\``);
      const value = orValue(values.map(metadataValue));
      return permission({ case: 'metadata', value: metadataMatcher(parsed.filter, [parsed.name], value) });
    },
  };
}

function metadataValue({ text }: Value) {
  if (!text.startsWith('[') || !text.endsWith(']')) return stringValue(wildcardMatcher(text));
  return listValue(stringValue(wildcardMatcher(text.replace(/^[[\]]+|[[\]]+$/g, ''))));
}

/** A path with `{*}` or `{**}` in it. */
function isPathTemplate(path: string): boolean {
  return path.includes('{*}') || path.includes('{**}');
}

function uriTemplate(path: string): Permission {
  const pathTemplate = path.replaceAll('{*}', '*').replaceAll('{**}', '**');
  const config = create(UriTemplateMatchConfigSchema, { pathTemplate });
  return permission({
    case: 'uriTemplate',
    value: { name: 'uri-template', typedConfig: packAny(UriTemplateMatchConfigSchema, config) },
  });
}
