import type { DescEnum, DescField, DescMessage } from '@bufbuild/protobuf';

const fields = new WeakMap<DescMessage, Map<string, DescField>>();
const values = new WeakMap<DescEnum, Map<string, number>>();

/** Fields by proto name and by camelCase name. */
export function fieldsByName(desc: DescMessage): Map<string, DescField> {
  let index = fields.get(desc);
  if (index === undefined) {
    index = new Map();
    for (const field of desc.fields) index.set(field.jsonName, field).set(field.name, field);
    fields.set(desc, index);
  }
  return index;
}

/** Numbers by upper-case name. */
export function enumNumbers(desc: DescEnum): Map<string, number> {
  let index = values.get(desc);
  if (index === undefined) {
    index = new Map(desc.values.map((value) => [value.name.toUpperCase(), value.number]));
    values.set(desc, index);
  }
  return index;
}
