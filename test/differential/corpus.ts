import { closeSync, openSync, writeSync } from 'node:fs';
import type { DifferentialCase, JsonObject, KeyDocument, PlayedRequest } from './case.ts';
import { type Outcome, outcomeOf } from './rehearsal-side.ts';
import type { BatchResult } from './run-batch.ts';

/** One case with Envoy's answers: a line of a corpus. Long texts stand in `texts` and are named `‡<index>‡` elsewhere. */
export interface RecordedCase {
  id: string;
  nowSeconds: number;
  manager: JsonObject;
  keys: Record<string, KeyDocument>;
  /** Request, Envoy's outcome; where jotgate's is another, the rows of docs/divergences.md that say why, and that outcome. */
  exchanges: [request: PlayedRequest, envoy: Outcome, rows?: readonly string[], jotgate?: Outcome][];
}

/** Writes a corpus as JSON lines, some requests of each case. */
export class CorpusWriter {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  add(cases: readonly DifferentialCase[], result: BatchResult, nowSeconds: number): void {
    for (const one of cases) {
      const record = recordOf(one, result, nowSeconds);
      if (record !== null) writeSync(this.#file, `${packCase(record)}\n`);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/**
 * Cases whose keys are fetched answer by the state of a cache, those with an unlisted disagreement prove nothing, those whose connections
 * decide take sockets: left out.
 */
function recordOf(
  one: DifferentialCase,
  { answers, reports }: BatchResult,
  nowSeconds: number,
): RecordedCase | null {
  const given = answers.get(one.id);
  const own = reports.filter((report) => report.one.id === one.id);
  const isOfConnections = one.tls !== undefined || (one.guards ?? []).length > 0;
  const isLeftOut =
    isOfConnections || Object.keys(one.keys).length > 0 || own.some(({ rows }) => rows.length === 0);
  if (given === undefined || isLeftOut) return null;
  const exchanges = one.requests.flatMap((request, index): RecordedCase['exchanges'] => {
    const answer = given[index];
    if (answer === undefined || answer.status === 400 || isGrpc(request)) return [];
    const { tokens: _, ...sent } = request;
    const listed = own.find((report) => report.request === request);
    if (listed === undefined || listed.gateAnswer === null) return [[sent, outcomeOf(answer)]];
    return [[sent, outcomeOf(answer), listed.rows, outcomeOf(listed.gateAnswer)]];
  });
  return { id: one.id, nowSeconds, manager: one.manager, keys: one.keys, exchanges };
}

const isGrpc = ({ headers }: PlayedRequest) =>
  headers.some(([, value]) => value.startsWith('application/grpc'));

/** No text of a case has it. */
const MARK = '\u2021';
/** What repeats in a case: tokens, key sets. */
const LONG = /[\w.~+/=-]{24,}|\{\\"keys(?:[^"\\]|\\.)*/g;

export function packCase(record: RecordedCase): string {
  const text = JSON.stringify(record);
  const counts = new Map<string, number>();
  for (const [found] of text.matchAll(LONG)) counts.set(found, (counts.get(found) ?? 0) + 1);
  const texts = [...counts].filter(([, count]) => count > 1).map(([found]) => found);
  const index = new Map(texts.map((found, at) => [found, at]));
  const packed = text.replaceAll(LONG, (found) => {
    const at = index.get(found);
    return at === undefined ? found : `${MARK}${at}${MARK}`;
  });
  return JSON.stringify([texts, packed]);
}

export function unpackCase(line: string): RecordedCase {
  const [texts, packed] = JSON.parse(line) as [string[], string];
  return JSON.parse(
    packed.replaceAll(/\u2021(\d+)\u2021/g, (_, at: string) => texts[Number(at)] as string),
  ) as RecordedCase;
}
