import { buildMessage, fieldsOf } from './build-message.ts';
import type { Step } from './evaluation.ts';
import type { MapEntryConfig } from './expression-config.ts';
import { type Context, refused } from './expression-context.ts';
import { compileAll, faultAfter, strictly } from './expression-steps.ts';
import type { List, Struct } from './expression-syntax.ts';
import { ExpressionMap, type ExpressionValue, FAULT } from './expression-value.ts';
import { type Field, mayBeOfEnvoy } from './message-types.ts';

/** A list that is spelled out. */
export function compileList({ elements: configs, optionalIndices }: List, context: Context): Step | null {
  const compiled = compileAll(configs, context);
  if (compiled === null) return null;
  const elements = compiled.map((one, index) => (optionalIndices?.includes(index) ? faultAfter(one) : one));
  return strictly(elements, (values) => [...values]);
}

/** A map that is spelled out. */
export function compileMap(config: Struct, about: object, context: Context): Step | null {
  const pairs: (readonly [key: Step, value: Step])[] = [];
  for (const { keyKind, value, optionalEntry } of config.entries) {
    if (keyKind.case === 'fieldKey') return refused('a field in a map', about, context, 'refuses');
    if (keyKind.case !== 'mapKey') return refused('a map entry without a key', about, context, 'refuses');
    if (value === undefined) return refused('a map entry without a value', about, context, 'refuses');
    const pair = compileAll([keyKind.value, value], context);
    if (pair === null) return null;
    const [keyStep, valueStep] = pair as [Step, Step];
    pairs.push([keyStep, optionalEntry ? faultAfter(valueStep) : valueStep]);
  }
  return (evaluation) => {
    const entries = pairs.map(([key, value]) => [key(evaluation), value(evaluation)] as const);
    if (entries.flat().includes(FAULT)) return FAULT;
    // Envoy ends all of the evaluation there, whatever the map is an operand of (cel-cpp: create_map_step.cc).
    return ExpressionMap.of(entries, () => {
      evaluation.isGivenUp = true;
    });
  };
}

/** A message that is spelled out, of a type that is known here. */
export function compileMessage(config: Struct, about: object, context: Context): Step | null {
  const { messageName } = config;
  const type = fieldsOf(messageName);
  if (type === null) {
    const envoy = mayBeOfEnvoy(messageName.replace(/^\./, '')) ? 'accepts' : 'refuses';
    return refused(`the message \`${messageName}\``, about, context, envoy);
  }
  const setters: (readonly [name: string, field: Field, value: Step])[] = [];
  for (const entry of config.entries) {
    const name = fieldNameOf(entry, about, context);
    if (name === null) return null;
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (field === undefined)
      return refused(`the field \`${name}\` of \`${type.typeName}\``, about, context, 'refuses');
    if (entry.value === undefined) return refused('a field without a value', about, context, 'refuses');
    const value = context.compile(entry.value, context);
    if (value === null) return null;
    setters.push([name, field, entry.optionalEntry ? faultAfter(value) : value]);
  }
  return strictly(
    setters.map(([, , value]) => value),
    (values) =>
      buildMessage(
        type.typeName,
        setters.map(([name, field], index) => [name, field, values[index] as ExpressionValue]),
      ),
  );
}

function fieldNameOf({ keyKind }: MapEntryConfig, about: object, context: Context): string | null {
  if (keyKind.case === 'mapKey') return refused('a map entry in a message', about, context, 'refuses');
  if (keyKind.case === 'fieldKey' && keyKind.value !== '') return keyKind.value;
  return refused('a field without a name', about, context, 'refuses');
}
