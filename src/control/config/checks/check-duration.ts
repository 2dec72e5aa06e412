import type { Duration } from '@bufbuild/protobuf/wkt';
import { nanosOf } from '../rules/duration-text.ts';
import type { CheckContext } from './check-context.ts';

/** No time in a configuration may be negative (Envoy: protobuf/utility.cc). */
export function checkDuration(duration: Duration, context: CheckContext): void {
  if (nanosOf(duration) >= 0n) return;
  context.complain({
    code: 'badDuration',
    message: 'invalid duration: expected positive duration',
    about: duration,
  });
}
