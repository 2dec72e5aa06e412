import type { DescMessage } from '@bufbuild/protobuf';
import { schemaMessage, schemaRegistry } from '../schema-registry.ts';
import { fieldSchema, type JsonSchema } from './field-schema.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const ANY = 'google.protobuf.Any';

/** JSON Schema of Envoy's bootstrap, for editors: every field that this version knows, in snake_case as Envoy's documents write it. */
export function buildEnvoySchema(): JsonSchema {
  const definitions = new Definitions('snake_case');
  const root = definitions.refer(schemaMessage('envoy.config.bootstrap.v3.Bootstrap'));
  return { $schema: DRAFT, title: 'Envoy bootstrap (v3)', ...root, $defs: definitions.all() };
}

const ISTIO_KINDS = [
  'jotgate.istio.v1.RequestAuthentication',
  'jotgate.istio.v1.AuthorizationPolicy',
  'jotgate.istio.v1.PeerAuthentication',
  'jotgate.istio.v1.ServiceEntry',
];

/** JSON Schema of the Istio objects that are enforced here; objects of other kinds are not looked at. */
export function buildIstioSchema(): JsonSchema {
  const definitions = new Definitions('camelCase');
  const kinds = ISTIO_KINDS.flatMap((typeName) => schemaRegistry().getMessage(typeName) ?? []);
  const choices = kinds.map((message) => implies('kind', message.name, definitions.refer(message)));
  return { $schema: DRAFT, title: 'Istio security policies', allOf: choices, $defs: definitions.all() };
}

/** A member's value decides which schema holds besides: `if` it is this one, `then` that. */
function implies(member: string, value: string, schema: JsonSchema): JsonSchema {
  const condition = { properties: { [member]: { const: value } }, required: [member] };
  return Object.fromEntries([
    ['if', condition],
    ['then', schema],
  ]);
}

/** The schemas of the messages that are met, each once. */
class Definitions {
  readonly #spelling: 'snake_case' | 'camelCase';
  readonly #schemas = new Map<string, JsonSchema>();

  constructor(spelling: 'snake_case' | 'camelCase') {
    this.#spelling = spelling;
  }

  readonly refer = (message: DescMessage): JsonSchema => {
    const { typeName } = message;
    if (!this.#schemas.has(typeName)) {
      this.#schemas.set(typeName, {});
      this.#schemas.set(typeName, typeName === ANY ? this.#anySchema() : this.#messageSchema(message));
    }
    return { $ref: `#/$defs/${typeName}` };
  };

  all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #messageSchema(message: DescMessage): JsonSchema {
    const properties = message.fields.map((field) => [
      this.#spelling === 'snake_case' ? field.name : field.jsonName,
      fieldSchema(field, this.refer),
    ]);
    return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
  }

  /** `@type` chooses the message, whose fields stand beside it. Types that are not known here are left alone. */
  #anySchema(): JsonSchema {
    const choices = extensions().map((message) => {
      const { properties } = this.#messageSchema(message);
      const own = { properties: { '@type': {}, ...(properties as JsonSchema) }, additionalProperties: false };
      return implies('@type', `type.googleapis.com/${message.typeName}`, own);
    });
    return {
      type: 'object',
      properties: { '@type': { type: 'string' } },
      required: ['@type'],
      allOf: choices,
    };
  }
}

/** Messages that stand in an `Any`: extensions' own, not those inside them. */
function extensions(): DescMessage[] {
  return [...schemaRegistry()].filter(
    (entry): entry is DescMessage =>
      entry.kind === 'message' &&
      entry.typeName.startsWith('envoy.extensions.') &&
      entry.parent === undefined,
  );
}
