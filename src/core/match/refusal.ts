/**
 * Takes what a compile function cannot accept. Compiling goes on after a refusal, so that all of them are seen at once.
 * @param about the configuration message that is at fault
 * @param field the proto name of its field
 * @param envoy what Envoy does with the same text; `refuses` when not given
 */
export type Refuse = (
  message: string,
  about: object,
  field?: string,
  envoy?: 'refuses' | 'ignores' | 'accepts',
) => void;
