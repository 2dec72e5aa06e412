import { EXIT } from './exit-code.ts';
import { UserError } from './io.ts';

/** What flags that several commands share look like. */
export const SHAPES = {
  upstream: '--upstream http://HOST:PORT or https://HOST:PORT',
  workload: '--workload NAMESPACE/LABEL=VALUE,…',
} as const;

/** @throws UserError for a flag that is not of its shape. */
export function parsedOr<T>(
  text: string | undefined,
  parse: (text: string) => T | null,
  shape: string,
): T | undefined {
  const value = text === undefined ? undefined : parse(text);
  if (value !== null) return value;
  throw new UserError(`\`${text}\` is not of the shape ${shape}`, EXIT.wrongUse);
}
