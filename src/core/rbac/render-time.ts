import { civilOf } from './civil-time.ts';
import { type Duration, type ExpressionValue, FAULT, type Timestamp } from './expression-value.ts';
import { floorDivide, isDuration, TICKS_OF_NS, TICKS_OF_SECOND } from './time-ticks.ts';

const TIMESTAMP_SECONDS_MIN = -62_135_596_800n;
const TIMESTAMP_SECONDS_MAX = 253_402_300_799n;

/** As JSON writes it; a fault where protobuf has no such time. */
export function textOfTimestamp(time: Timestamp): ExpressionValue {
  const seconds = floorDivide(time.ticks, TICKS_OF_SECOND);
  if (seconds < TIMESTAMP_SECONDS_MIN || seconds > TIMESTAMP_SECONDS_MAX) return FAULT;
  const { year, month, day, hours, minutes, seconds: second } = civilOf(seconds);
  const two = (part: number) => String(part).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const rest = fractionText((time.ticks - seconds * TICKS_OF_SECOND) / TICKS_OF_NS);
  return `${date}T${two(hours)}:${two(minutes)}:${two(second)}${rest}Z`;
}

/** As JSON writes it, in seconds: `-90.500s`; a fault beyond what `google.protobuf.Duration` can say. */
export function textOfDuration({ ticks }: Duration): ExpressionValue {
  if (!isDuration(ticks)) return FAULT;
  const size = ticks < 0n ? -ticks : ticks;
  const nanos = (size % TICKS_OF_SECOND) / TICKS_OF_NS;
  const seconds = size / TICKS_OF_SECOND;
  const sign = ticks < 0n && (seconds > 0n || nanos > 0n) ? '-' : '';
  return `${sign}${seconds}${fractionText(nanos)}s`;
}

/** Three, six or nine digits. */
function fractionText(nanos: bigint): string {
  if (nanos === 0n) return '';
  const digits = String(nanos).padStart(9, '0');
  return `.${digits.replace(/(?:000){1,2}$/, '')}`;
}
