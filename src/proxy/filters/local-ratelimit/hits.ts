import type { RateLimit_HitsAddend as HitsAddend } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { parseNumber } from '../../../base/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { reportFormat } from '../../format/report-refusal.ts';
import { compileTextFormat } from '../../format/text-format.ts';
import type { FilterStream } from '../filter.ts';

/** More is no number of hits (Envoy: router_ratelimit.cc). */
const HITS_MAX = 1_000_000_000;

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
  const number = parseNumber(text);
  // What is written as no number is worth nothing, which no bucket gives.
  if (Number.isNaN(number)) return 0;
  return number !== undefined && number >= 0 && number <= HITS_MAX ? Math.trunc(number) : null;
}
