/** What a field of a message holds. */
export type FieldKind =
  | 'bool'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'float'
  | 'double'
  | 'string'
  | 'bytes'
  | 'value'
  | 'struct'
  | 'list'
  | 'any';

/** A field of a message, as far as expressions can set it. */
export interface Field {
  readonly kind: FieldKind;
  /** Maps have texts for keys. */
  readonly form: 'one' | 'list' | 'map';
}

/** By their names in the proto file. */
export type MessageFields = Readonly<Record<string, Field>>;

/** A message of one of several fields: the last that is set stays. */
export const VALUE = 'google.protobuf.Value';
/** Keeps the types of what is packed in it. */
export const METADATA = 'envoy.config.core.v3.Metadata';

const one = (kind: FieldKind): Field => ({ kind, form: 'one' });
const wrapper = (kind: FieldKind): MessageFields => ({ value: one(kind) });
const time: MessageFields = { seconds: one('int64'), nanos: one('int32') };

/** The messages that expressions can spell out here. Envoy has all of its own. */
export const MESSAGE_TYPES: Readonly<Record<string, MessageFields>> = {
  'google.protobuf.Duration': time,
  'google.protobuf.Timestamp': time,
  'google.protobuf.BoolValue': wrapper('bool'),
  'google.protobuf.Int32Value': wrapper('int32'),
  'google.protobuf.Int64Value': wrapper('int64'),
  'google.protobuf.UInt32Value': wrapper('uint32'),
  'google.protobuf.UInt64Value': wrapper('uint64'),
  'google.protobuf.FloatValue': wrapper('float'),
  'google.protobuf.DoubleValue': wrapper('double'),
  'google.protobuf.StringValue': wrapper('string'),
  'google.protobuf.BytesValue': wrapper('bytes'),
  'google.protobuf.Struct': { fields: { kind: 'value', form: 'map' } },
  'google.protobuf.ListValue': { values: { kind: 'value', form: 'list' } },
  // Of the enum any number will do.
  [VALUE]: {
    null_value: one('int32'),
    number_value: one('double'),
    string_value: one('string'),
    bool_value: one('bool'),
    struct_value: one('struct'),
    list_value: one('list'),
  },
  'google.protobuf.Empty': {},
  // An enum, which Envoy finds by its name and makes nothing of.
  'google.protobuf.NullValue': {},
  'google.protobuf.FieldMask': { paths: { kind: 'string', form: 'list' } },
  [METADATA]: {
    filter_metadata: { kind: 'struct', form: 'map' },
    typed_filter_metadata: { kind: 'any', form: 'map' },
  },
};

/** Packages of messages that Envoy has; of `google.protobuf` all messages are known. */
const PACKAGES = /^(?:envoy|xds|udpa|validate|cel\.expr|google\.(?:api|rpc|type)|opentelemetry|opencensus)\./;
const OTHERS: ReadonlySet<string> = new Set(
  [
    'Any Api Method Mixin Type Field Enum EnumValue Option SourceContext FileDescriptorSet',
    'FileDescriptorProto DescriptorProto FieldDescriptorProto OneofDescriptorProto EnumDescriptorProto',
    'EnumValueDescriptorProto ServiceDescriptorProto MethodDescriptorProto FileOptions MessageOptions',
    'FieldOptions OneofOptions EnumOptions EnumValueOptions ServiceOptions MethodOptions FeatureSet',
    'UninterpretedOption FeatureSetDefaults SourceCodeInfo GeneratedCodeInfo ExtensionRangeOptions',
  ].flatMap((names) => names.split(' ').map((name) => `google.protobuf.${name}`)),
);

/** Whether Envoy may have a message of that name, which is none of those above. */
export const mayBeOfEnvoy = (name: string): boolean => PACKAGES.test(name) || OTHERS.has(name);
