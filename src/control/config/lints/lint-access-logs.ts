import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { AccessLog } from '#schema/envoy/config/accesslog/v3/accesslog_pb.js';
import type { SubstitutionFormatString } from '#schema/envoy/config/core/v3/substitution_format_string_pb.js';
import type { FileAccessLog } from '#schema/envoy/extensions/access_loggers/file/v3/file_pb.js';
import type {
  StderrAccessLog,
  StdoutAccessLog,
} from '#schema/envoy/extensions/access_loggers/stream/v3/stream_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { isCredentialName } from '../../../base/index.ts';
import { type CheckContext, configOf } from '../checks/check-context.ts';
import { jwtFiltersOf } from './jwt-filters.ts';

/** L29: a format that asks for a header or a parameter which lets its reader in; it is printed as asked, as by Envoy. */
export function lintAccessLogs(manager: HttpConnectionManager, context: CheckContext): void {
  const parameters = tokenParametersOf(manager);
  for (const log of manager.accessLog) {
    for (const format of formatsOf(log)) {
      const { texts, about, field } = format;
      if (parameters.length > 0 && texts.some((text) => PATH_WITH_QUERY.test(text)))
        complainOfQuery(parameters, format, context);
      const asked = texts.flatMap(credentialsIn);
      const [first] = asked;
      if (first === undefined) continue;
      context.complain({
        code: 'loggedCredential',
        severity: 'warning',
        message: `the access log will hold credentials: its format has ${[...new Set(asked)].map((one) => `\`${one}\``).join(', ')}`,
        hint: 'leave it out; who it was is in a claim: `%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:KEY:sub)%`, with `payload_in_metadata: KEY`',
        about,
        field,
        envoy: 'accepts',
      });
    }
  }
}

/** Parameters that providers are told to take tokens from. */
function tokenParametersOf(manager: HttpConnectionManager): string[] {
  const providers = jwtFiltersOf([manager]).flatMap(({ jwt }) => Object.values(jwt.providers));
  return [...new Set(providers.flatMap(({ fromParams }) => fromParams))];
}

/** Operators that print the path as it came, its query with it. */
const PATH_WITH_QUERY =
  /%(?:REQ\((?:[^)]*\?)?(?::path|x-envoy-original-path)(?:\?[^)]*)?\)|PATH(?:\(WQ[^)]*\))?)(?::\d+)?%/i;

function complainOfQuery(
  parameters: readonly string[],
  { about, field }: Format,
  context: CheckContext,
): void {
  const names = parameters.map((name) => `\`${name}\``).join(', ');
  context.complain({
    code: 'loggedCredential',
    severity: 'warning',
    message: `the access log will hold credentials: tokens are in the query, under ${names}, and the format has the path with its query`,
    hint: 'write `%PATH(NQ)%` for the path without it',
    about,
    field,
    envoy: 'accepts',
  });
}

interface Format {
  texts: readonly string[];
  about: object;
  field: string;
}

const OF_STREAMS = ['StdoutAccessLog', 'StderrAccessLog'] as const;

function formatsOf({ configType }: AccessLog): Format[] {
  const any = configType.value;
  for (const name of OF_STREAMS) {
    const stream = configOf<StdoutAccessLog | StderrAccessLog>(
      any,
      `envoy.extensions.access_loggers.stream.v3.${name}`,
    );
    if (stream?.accessLogFormat.case === 'logFormat') return formatIn(stream.accessLogFormat.value);
  }
  const file = configOf<FileAccessLog>(any, 'envoy.extensions.access_loggers.file.v3.FileAccessLog');
  const format = file?.accessLogFormat;
  if (file === undefined || format === undefined) return [];
  switch (format.case) {
    case 'logFormat':
      return formatIn(format.value);
    case 'format':
      return [{ texts: [format.value], about: file, field: 'format' }];
    case 'jsonFormat':
      return [{ texts: textsIn(format.value), about: file, field: 'json_format' }];
    case 'typedJsonFormat':
      return [{ texts: textsIn(format.value), about: file, field: 'typed_json_format' }];
    case undefined:
      return [];
  }
}

function formatIn(about: SubstitutionFormatString): Format[] {
  const { format } = about;
  if (format.case === 'textFormat') return [{ texts: [format.value], about, field: 'text_format' }];
  if (format.case === 'jsonFormat') return [{ texts: textsIn(format.value), about, field: 'json_format' }];
  const source = format.case === 'textFormatSource' ? format.value.specifier : undefined;
  if (source?.case !== 'inlineString') return [];
  return [{ texts: [source.value], about, field: 'text_format_source' }];
}

function textsIn(value: JsonValue | JsonObject): string[] {
  if (typeof value === 'string') return [value];
  return value === null || typeof value !== 'object' ? [] : Object.values(value).flatMap(textsIn);
}

/** Operators that print what a client or the origin sent under a name; the name may be one of two, `a?b`. */
const OPERATOR = /%(?:REQ|RESP|TRAILER|QUERY_PARAM)\(([^)]*)\)(?::\d+)?%/g;

const credentialsIn = (format: string): string[] =>
  [...format.matchAll(OPERATOR)]
    .filter(([, names = '']) => names.split('?').some(isCredentialName))
    .map(([operator]) => operator);
