import type { RateLimit_HitsAddend as HitsAddend } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { Findings } from '../../../resources/index.ts';
import { reportFormat } from '../../format/report-refusal.ts';
import { compileTextFormat } from '../../format/text-format.ts';
import type { FilterStream } from '../filter.ts';

/** More is no number of hits (Envoy: router_ratelimit.cc). */
const HITS_MAX = 1_000_000_000;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const HEXADECIMAL = /^([+-]?)0x(?=\.?[\da-f])([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/i;

/** How many tokens a request takes of a bucket; one, unless `hits_addend` says otherwise. null: the request says no number that will do. */
export function compileHits(
  config: HitsAddend | undefined,
  findings: Findings,
): (stream: FilterStream) => number | null {
  if (config === undefined) return () => 1;
  const { number, format } = config;
  if ((number === undefined) === (format === '')) {
    const message = 'hits_addend must contain either a format or a number';
    findings.report({ code: 'E122', severity: 'error', message, envoy: 'refuses', about: config });
  }
  if (number !== undefined) {
    const hits = Number(number);
    return () => hits;
  }
  const compiled = compileTextFormat(format, '');
  if ('refusal' in compiled) {
    reportFormat(compiled.refusal, '`format`', config, 'format', findings);
    return () => null;
  }
  return (stream) => hitsIn(compiled.format.render(stream));
}

function hitsIn(text: string): number | null {
  // What is written as no number is worth nothing, which no bucket gives.
  if (/^\s*[+-]?nan\s*$/i.test(text)) return 0;
  const number = numberIn(text.trim());
  return number >= 0 && number <= HITS_MAX ? Math.trunc(number) : null;
}

/** As `strtod` reads it. */
function numberIn(text: string): number {
  if (DECIMAL.test(text)) return Number(text);
  const found = HEXADECIMAL.exec(text);
  if (found === null) return Number.NaN;
  const [, sign, whole = '', fraction = '', power = '0'] = found;
  const size = Number.parseInt(`0${whole}${fraction}`, 16) * 2 ** (Number(power) - 4 * fraction.length);
  return sign === '-' ? -size : size;
}
