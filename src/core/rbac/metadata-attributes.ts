import type { MetadataSource, PackedMessage } from '../match/index.ts';
import { type Attribute, type Branch, branch } from './attribute.ts';
import type { RbacSubject } from './condition.ts';
import type { Evaluation } from './evaluation.ts';
import { constantOf } from './expression-constant.ts';
import {
  ExpressionMap,
  type ExpressionValue,
  expressionValueOf,
  FAULT,
  type MessageValue,
  mapOf,
  OpaqueMessage,
} from './expression-value.ts';
import { metadataValue, Packed } from './message-builder.ts';

const NO_METADATA: MetadataSource = new Map();

type MetadataReader = (subject: RbacSubject) => MetadataSource | null | undefined;

/** `envoy.config.core.v3.Metadata`. undefined: there is no such message, and it has no fields; null: there is, and nothing in it. */
export function metadataMessage(metadataOf: MetadataReader): Branch {
  const members = {
    filter_metadata: namespaces(metadataOf, 'filter_metadata', namespaceOf),
    typed_filter_metadata: namespaces(metadataOf, 'typed_filter_metadata', messageOf),
  };
  return {
    ...branch(members),
    isMessage: true,
    whole: ({ subject }) => {
      const source = metadataOf(subject);
      return source === undefined ? undefined : wholeOf(source ?? NO_METADATA);
    },
    isThere: ({ subject }) => metadataOf(subject) !== undefined,
  };
}

/** One field of it. */
function namespaces(
  metadataOf: MetadataReader,
  field: string,
  read: (source: MetadataSource, namespace: string) => ExpressionValue | undefined,
): Branch {
  const wholeField = (evaluation: Evaluation) => {
    const source = metadataOf(evaluation.subject);
    return source === undefined ? FAULT : wholeOf(source ?? NO_METADATA).field(field, evaluation);
  };
  const member = (namespace: string): Attribute => {
    const find = ({ subject }: Evaluation) => {
      const source = metadataOf(subject);
      return source === undefined ? FAULT : source === null ? undefined : read(source, namespace);
    };
    const isMember = (evaluation: Evaluation) =>
      metadataOf(evaluation.subject) === undefined ? FAULT : find(evaluation) !== undefined;
    return { kind: 'value', read: find, isThere: isMember };
  };
  const isFilled = (evaluation: Evaluation) => {
    const map = mapOf(wholeField(evaluation));
    return map === null ? FAULT : map.size > 0;
  };
  return { kind: 'branch', isMessage: false, member, whole: wholeField, isThere: isFilled };
}

function wholeOf(source: MetadataSource): MessageValue {
  const packed = Array.from(source.typed ?? [], ([name, message]) => [name, opened(message)] as const);
  return metadataValue(allNamespaces(source), new Map(packed));
}

function messageOf({ typed }: MetadataSource, namespace: string): ExpressionValue | undefined {
  const message = typed?.get(namespace);
  return message && opened(message).value;
}

/** What is in a message that was packed. */
function opened({ typeName, content }: PackedMessage): Packed {
  return new Packed(typeName, openedValue(typeName, content));
}

function openedValue(typeName: string, content: PackedMessage['content']): ExpressionValue {
  if (content.case === undefined) return new OpaqueMessage(typeName);
  return content.case === 'json'
    ? (expressionValueOf(content.value) as ExpressionValue)
    : (constantOf(content) as ExpressionValue);
}

function namespaceOf(source: MetadataSource, namespace: string): ExpressionMap | undefined {
  const entries = source.get(namespace);
  return entries && ExpressionMap.ofObject(Object.fromEntries(entries));
}

function allNamespaces(source: MetadataSource): ExpressionMap {
  const names = [...source.keys()];
  return ExpressionMap.ofMessage(
    names.map((name) => [name, namespaceOf(source, name) ?? ExpressionMap.EMPTY]),
  );
}
