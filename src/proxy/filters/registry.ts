import type { HttpFilterFactory } from './filter.ts';

const factories: readonly HttpFilterFactory[] = [];

/** Every HTTP filter that jotgate has, by the full message name of its configuration. */
export const httpFilterFactories: ReadonlyMap<string, HttpFilterFactory> = new Map(
  factories.map((factory) => [factory.schema.typeName, factory]),
);
