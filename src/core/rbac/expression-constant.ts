import type { ConstantKind } from './expression-config.ts';
import { Bytes, Duration, type ExpressionValue, Timestamp, Uint } from './expression-value.ts';
import { ticksOf } from './time-ticks.ts';

/** undefined: there is none. */
export function constantOf(constant: ConstantKind): ExpressionValue | undefined {
  switch (constant.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'int64Value':
    case 'stringValue':
    case 'doubleValue':
      return constant.value;
    case 'uint64Value':
      return new Uint(constant.value);
    case 'bytesValue':
      return new Bytes(Buffer.from(constant.value).toString('latin1'));
    case 'durationValue':
      return new Duration(ticksOf(constant.value));
    case 'timestampValue':
      return new Timestamp(ticksOf(constant.value));
    case undefined:
      return undefined;
  }
}
