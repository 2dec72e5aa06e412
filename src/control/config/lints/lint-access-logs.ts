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
  const places = tokenPlacesOf(manager);
  for (const log of manager.accessLog) {
    for (const format of formatsOf(log)) {
      const { texts, about, field } = format;
      if (places.parameters.length > 0 && texts.some((text) => PATH_WITH_QUERY.test(text)))
        complainOfQuery(places.parameters, format, context);
      const asked = texts.flatMap((text) => credentialsIn(text, places));
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

/** Where providers are told to take tokens from. */
interface TokenPlaces {
  parameters: readonly string[];
  /** In lower case. */
  headers: readonly string[];
}

function tokenPlacesOf(manager: HttpConnectionManager): TokenPlaces {
  const providers = jwtFiltersOf([manager]).flatMap(({ jwt }) => Object.values(jwt.providers));
  const headers = providers.flatMap(({ fromHeaders }) => fromHeaders.map(({ name }) => name.toLowerCase()));
  return { parameters: [...new Set(providers.flatMap(({ fromParams }) => fromParams))], headers };
}

/** Operators that print the path as it came, its query with it, or the query alone. */
const PATH_WITH_QUERY =
  /%(?:REQ(?:UEST_HEADER)?\((?:[^)]*\?)?(?::path|x-envoy-original-path)(?:\?[^)]*)?\)|PATH(?:\(WQ[^)]*\))?|QUERY_PARAMS(?:\([^)]*\))?)(?::\d+)?%/i;

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
  field: string | undefined;
}

/** What is printed where no format is said: of all that may hold a credential the path. */
const byDefault = (about: object): Format[] => [
  { texts: ['%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%'], about, field: undefined },
];

const OF_STREAMS = ['StdoutAccessLog', 'StderrAccessLog'] as const;

function formatsOf({ configType }: AccessLog): Format[] {
  const any = configType.value;
  for (const name of OF_STREAMS) {
    const stream = configOf<StdoutAccessLog | StderrAccessLog>(
      any,
      `envoy.extensions.access_loggers.stream.v3.${name}`,
    );
    if (stream === undefined) continue;
    const { accessLogFormat: format } = stream;
    return format.case === 'logFormat' ? formatIn(format.value) : byDefault(stream);
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
      return byDefault(file);
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
const OPERATOR =
  /%(REQ|REQUEST_HEADER|RESP|RESPONSE_HEADER|TRAILER|RESPONSE_TRAILER|QUERY_PARAM)\(([^)]*)\)(?::\d+)?%/g;

function credentialsIn(format: string, { parameters, headers }: TokenPlaces): string[] {
  const isPlace = (operator: string, name: string) =>
    operator === 'QUERY_PARAM' ? parameters.includes(name) : headers.includes(name.toLowerCase());
  return [...format.matchAll(OPERATOR)]
    .filter(([, operator = '', names = '']) =>
      names.split('?').some((name) => isCredentialName(name) || isPlace(operator, name)),
    )
    .map(([whole]) => whole);
}
