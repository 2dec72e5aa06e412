/** The shape of `google.api.expr.v1alpha1.Expr`, as far as it is looked at. */
export interface ExpressionConfig {
  exprKind:
    | { case: 'constExpr'; value: { constantKind: ConstantKind } }
    | { case: 'identExpr'; value: { name: string } }
    | {
        case: 'selectExpr';
        value: { operand?: ExpressionConfig | undefined; field: string; testOnly: boolean };
      }
    | {
        case: 'callExpr';
        value: { target?: ExpressionConfig | undefined; function: string; args: ExpressionConfig[] };
      }
    | { case: 'listExpr'; value: { elements: ExpressionConfig[]; optionalIndices?: number[] } }
    | { case: 'structExpr'; value: { messageName: string; entries: MapEntryConfig[] } }
    | { case: 'comprehensionExpr'; value: object }
    | { case: undefined; value?: undefined };
}

/** `google.api.expr.v1alpha1.Expr.CreateStruct.Entry`: a key and a value of a map, or a field and a value of a message. */
export interface MapEntryConfig {
  keyKind:
    | { case: 'mapKey'; value: ExpressionConfig }
    | { case: 'fieldKey'; value: string }
    | { case: undefined; value?: undefined };
  value?: ExpressionConfig | undefined;
  optionalEntry?: boolean;
}

/** `google.api.expr.v1alpha1.Constant`. */
export type ConstantKind =
  | { case: 'nullValue'; value: number }
  | { case: 'boolValue'; value: boolean }
  | { case: 'int64Value'; value: bigint }
  | { case: 'stringValue'; value: string }
  | { case: 'uint64Value'; value: bigint }
  | { case: 'doubleValue'; value: number }
  | { case: 'bytesValue'; value: Uint8Array }
  | { case: 'durationValue' | 'timestampValue'; value: { seconds: bigint; nanos: number } }
  | { case: undefined; value?: undefined };
