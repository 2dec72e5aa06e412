import type { JsonObject } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import type { AccessLog as AccessLogConfig } from '#schema/envoy/config/accesslog/v3/accesslog_pb.js';
import type { SubstitutionFormatString } from '#schema/envoy/config/core/v3/substitution_format_string_pb.js';
import {
  type FileAccessLog,
  FileAccessLogSchema,
} from '#schema/envoy/extensions/access_loggers/file/v3/file_pb.js';
import {
  StderrAccessLogSchema,
  StdoutAccessLogSchema,
} from '#schema/envoy/extensions/access_loggers/stream/v3/stream_pb.js';
import { type Findings, typeNameOf, unpackAny } from '../../resources/index.ts';
import { compileFormatString } from '../format/compile-format-string.ts';
import { compileJsonFormat } from '../format/json-format.ts';
import { reportFormat } from '../format/report-refusal.ts';
import { compileTextFormat, type FormatRefusal, type TextFormat } from '../format/text-format.ts';
import { refuseField } from '../refusals.ts';
import { compileLogFilter, type LogFilter } from './log-filter.ts';

/** A compiled access logger. */
export interface CompiledLog {
  /** `/dev/stdout` and `/dev/stderr` stand for the process's own. */
  path: string;
  /** null: everything. */
  filter: LogFilter | null;
  format: TextFormat;
}

/** Envoy's, where the configuration has none (envoy: default_access_log_format). */
const DEFAULT_FORMAT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"\n';

/** Compiles `access_log`; those with errors are left out, their errors are among the findings. */
export function compileAccessLogs(configs: readonly AccessLogConfig[], findings: Findings): CompiledLog[] {
  return configs.map((config) => compileAccessLog(config, findings)).filter((log) => log !== null);
}

function compileAccessLog(config: AccessLogConfig, findings: Findings): CompiledLog | null {
  const filter = config.filter === undefined ? null : compileLogFilter(config.filter, findings);
  const any = config.configType.value;
  if (any === undefined) {
    refuseField(findings, config, 'typed_config', ' where it is missing');
    return null;
  }
  const target = compileTarget(any, config, findings);
  if (target === null || (config.filter !== undefined && filter === null)) return null;
  return { ...target, filter };
}

function compileTarget(
  any: Any,
  about: AccessLogConfig,
  findings: Findings,
): { path: string; format: TextFormat } | null {
  switch (typeNameOf(any)) {
    case FileAccessLogSchema.typeName: {
      const file = unpackAny(FileAccessLogSchema, any);
      const format = compileFileFormat(file, findings);
      return format && { path: file.path, format };
    }
    case StdoutAccessLogSchema.typeName:
      return stream('/dev/stdout', unpackAny(StdoutAccessLogSchema, any).accessLogFormat.value, findings);
    case StderrAccessLogSchema.typeName:
      return stream('/dev/stderr', unpackAny(StderrAccessLogSchema, any).accessLogFormat.value, findings);
    default:
      refuseField(findings, about, 'typed_config', ` with the type \`${typeNameOf(any)}\``);
      return null;
  }
}

function stream(
  path: string,
  config: SubstitutionFormatString | undefined,
  findings: Findings,
): { path: string; format: TextFormat } | null {
  const format = compileLogFormat(config, findings);
  return format && { path, format };
}

function compileLogFormat(
  config: SubstitutionFormatString | undefined,
  findings: Findings,
): TextFormat | null {
  if (config !== undefined) return compileFormatString(config, findings)?.format ?? null;
  const compiled = compileTextFormat(DEFAULT_FORMAT, '-');
  return 'format' in compiled ? compiled.format : null;
}

/** Its format, also in the spellings that Envoy calls deprecated. */
function compileFileFormat(file: FileAccessLog, findings: Findings): TextFormat | null {
  const { accessLogFormat: specifier } = file;
  const take = (compiled: { format: TextFormat } | { refusal: FormatRefusal }, field: string) => {
    if ('format' in compiled) return compiled.format;
    reportFormat(compiled.refusal, `\`${field}\``, file, field, findings);
    return null;
  };
  switch (specifier.case) {
    case 'format':
      if (specifier.value === '') return compileLogFormat(undefined, findings);
      return take(compileTextFormat(specifier.value, '-'), 'format');
    case 'jsonFormat':
      return take(compileJsonFormat(specifier.value as JsonObject, false), 'json_format');
    case 'typedJsonFormat':
      return take(compileJsonFormat(specifier.value as JsonObject, false), 'typed_json_format');
    case 'logFormat':
      return compileLogFormat(specifier.value, findings);
    case undefined:
      return compileLogFormat(undefined, findings);
  }
}
