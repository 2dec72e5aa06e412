import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt';

/**
 * What control decoded into an `Any`, so that the typed message (with its provenance) is found again where the `Any` did not
 * leave the process. On the other side of a worker boundary only the bytes are there and are decoded once.
 */
const unpacked = new WeakMap<Any, object>();

const TYPE_URL_PREFIX = 'type.googleapis.com/';

/** The full message name behind a type URL: what follows the last slash. */
export function typeNameOf(any: Any): string {
  return any.typeUrl.slice(any.typeUrl.lastIndexOf('/') + 1);
}

/** The bytes are made when they are first asked for, by the message as it then is: a process that keeps the message needs none. */
export function packAny<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): Any {
  const any = create(AnySchema, { typeUrl: TYPE_URL_PREFIX + schema.typeName });
  let bytes: Uint8Array | undefined;
  Object.defineProperty(any, 'value', {
    enumerable: true,
    get: () => {
      bytes ??= toBinary(schema, message);
      return bytes;
    },
  });
  unpacked.set(any, message);
  return any;
}

/** What is in an `Any`, of whatever type: the message where it is known, else its bytes. */
export function contentOf(any: Any): object {
  return unpacked.get(any) ?? any.value;
}

/** The message in an `Any` whose type the caller has checked. */
export function unpackAny<Desc extends DescMessage>(schema: Desc, any: Any): MessageShape<Desc> {
  const known = unpacked.get(any);
  if (known !== undefined) return known as MessageShape<Desc>;
  const message = fromBinary(schema, any.value);
  unpacked.set(any, message);
  return message;
}
