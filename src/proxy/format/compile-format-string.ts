import type { JsonObject } from '@bufbuild/protobuf';
import type { SubstitutionFormatString } from '#schema/envoy/config/core/v3/substitution_format_string_pb.js';
import type { Findings } from '../../resources/index.ts';
import { inlineText } from '../data-source.ts';
import { refuseField } from '../refusals.ts';
import { compileJsonFormat } from './json-format.ts';
import { reportFormat } from './report-refusal.ts';
import { compileTextFormat, type FormatRefusal, type TextFormat } from './text-format.ts';

/** A compiled `SubstitutionFormatString`. */
export interface FormatString {
  format: TextFormat;
  isJson: boolean;
  /** Empty: by the format's kind. */
  contentType: string;
}

/** @returns null after an error */
export function compileFormatString(
  config: SubstitutionFormatString,
  findings: Findings,
): FormatString | null {
  if (config.formatters.length > 0) {
    refuseField(findings, config, 'formatters');
    return null;
  }
  const { format: specifier, omitEmptyValues, contentType } = config;
  const absent = omitEmptyValues ? '' : '-';
  switch (specifier.case) {
    case 'jsonFormat':
      return finish(compileJsonFormat(specifier.value as JsonObject, omitEmptyValues), true);
    case 'textFormat':
      return finish(compileTextFormat(specifier.value, absent), false);
    default: {
      const text = inlineText(specifier.value, findings);
      if (text === null) return null;
      return finish(compileTextFormat(Buffer.from(text, 'latin1').toString('utf8'), absent), false);
    }
  }

  function finish(
    compiled: { format: TextFormat } | { refusal: FormatRefusal },
    isJson: boolean,
  ): FormatString | null {
    if ('format' in compiled) return { format: compiled.format, isJson, contentType };
    reportFormat(
      compiled.refusal,
      isJson ? '`json_format`' : 'the text format',
      config,
      fieldOf(config),
      findings,
    );
    return null;
  }
}

const FIELDS = {
  jsonFormat: 'json_format',
  textFormat: 'text_format',
  textFormatSource: 'text_format_source',
};

function fieldOf({ format }: SubstitutionFormatString): string {
  return format.case === undefined ? 'format' : FIELDS[format.case];
}
