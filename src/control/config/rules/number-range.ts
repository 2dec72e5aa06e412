/** Bounds of a numeric or duration rule. */
export interface Bounds<T> {
  gt?: T | undefined;
  gte?: T | undefined;
  lt?: T | undefined;
  lte?: T | undefined;
}

/** Why a value is out of its bounds, in the words of Envoy's validator; undefined when it is inside. */
export function outOfBounds<T extends number | bigint>(
  value: T,
  bounds: Bounds<T>,
  render: (bound: T) => string,
): string | undefined {
  const low = bounds.gt ?? bounds.gte;
  const high = bounds.lt ?? bounds.lte;
  const belowLow = low !== undefined && (bounds.gt !== undefined ? value <= low : value < low);
  const aboveHigh = high !== undefined && (bounds.lt !== undefined ? value >= high : value > high);
  if (!belowLow && !aboveHigh) return undefined;
  if (low !== undefined && high !== undefined) {
    const [open, close] = [bounds.gt !== undefined ? '(' : '[', bounds.lt !== undefined ? ')' : ']'];
    return `value must be inside range ${open}${render(low)}, ${render(high)}${close}`;
  }
  if (low !== undefined)
    return `value must be greater than ${bounds.gt === undefined ? 'or equal to ' : ''}${render(low)}`;
  return `value must be less than ${bounds.lt === undefined ? 'or equal to ' : ''}${render(high as T)}`;
}
