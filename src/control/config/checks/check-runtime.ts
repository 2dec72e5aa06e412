import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { LayeredRuntime, RuntimeLayer } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { isFraction } from '../runtime/static-runtime.ts';
import type { CheckContext } from './check-context.ts';

/** What Envoy does not build a runtime from (Envoy: runtime_impl.cc). */
export function checkRuntime({ layers }: LayeredRuntime, context: CheckContext): void {
  const names = new Set<string>();
  let admins = 0;
  for (const layer of layers) {
    const { name, layerSpecifier } = layer;
    if (name !== '' && names.has(name)) complain(layer, 'name', `two layers are called \`${name}\``, context);
    names.add(name);
    if (layerSpecifier.case === 'adminLayer' && ++admins === 2) {
      complain(layer, 'admin_layer', 'there may be one `admin_layer`', context);
    }
    if (layerSpecifier.case === 'staticLayer') checkValues(layer, layerSpecifier.value, context);
  }
}

function checkValues(layer: RuntimeLayer, values: JsonObject, context: CheckContext): void {
  for (const key of keysWithoutValue(values)) {
    complain(layer, 'static_layer', `\`${key}\` is neither a number, a text, a bool nor a fraction`, context);
  }
}

/** Names are joined by points; what is inside a fraction is not looked at. */
function keysWithoutValue(values: JsonObject, outer = ''): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const key = outer === '' ? name : `${outer}.${name}`;
    if (value === null || Array.isArray(value)) return [key];
    return isGroup(value) ? keysWithoutValue(value, key) : [];
  });
}

const isGroup = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isFraction(value);

function complain(about: RuntimeLayer, field: string, message: string, context: CheckContext): void {
  context.complain({ code: 'badRuntime', message, about, field });
}
