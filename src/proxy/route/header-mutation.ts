/** One compiled entry of `request_headers_to_add` or `…_remove`. */
export type HeaderMutation =
  | { kind: 'remove'; name: string }
  | { kind: 'append' | 'overwrite' | 'add-if-absent'; name: string; value: string };
