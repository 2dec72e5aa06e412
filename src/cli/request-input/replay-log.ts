import { type LoggedRequest, parseLogLine } from './parse-log-line.ts';

/** One sort of answer that logged requests get, and how many get it. */
export interface ReplayRow {
  /** What is answered, by whom, with its place. */
  answer: string;
  count: number;
  /** How many of them were answered with another status when they were logged. */
  otherwise: number;
  first: LoggedLine;
  /** The first of those. */
  firstOtherwise: LoggedLine | null;
}

export interface LoggedLine {
  line: number;
  text: string;
  status: number;
}

export interface Replay {
  rows: ReplayRow[];
  lines: number;
  /** Lines that are no request, by number from 1: the first few, and how many there are. */
  bad: { count: number; first: number[] };
}

const BAD_SHOWN = 5;
const KNOWN_MAX = 50_000;

/**
 * Asks every request of a log. Equal ones are asked once. Lines that are none are counted.
 * @param answer says what is answered, with the status that a client sees; null: of no interest
 */
export async function replayLog(
  text: string,
  answer: (request: LoggedRequest) => Promise<{ text: string; status: number } | null>,
): Promise<Replay> {
  const rows = new Map<string, ReplayRow>();
  const known = new Map<string, { text: string; status: number } | null>();
  const replay: Replay = { rows: [], lines: 0, bad: { count: 0, first: [] } };
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    replay.lines++;
    const request = parseLogLine(line);
    if (request === null) {
      if (replay.bad.count++ < BAD_SHOWN) replay.bad.first.push(index + 1);
      continue;
    }
    const key = keyOf(request);
    const answered = known.has(key) ? known.get(key) : await answer(request);
    if (known.size < KNOWN_MAX) known.set(key, answered ?? null);
    if (answered !== null && answered !== undefined) count(rows, answered, request, index + 1);
  }
  replay.rows = [...rows.values()].sort((a, b) => b.count - a.count);
  return replay;
}

/** Request ids make every request another. */
function keyOf({ method, url, headers, peer }: LoggedRequest): string {
  const telling = headers.filter((line) => !line.startsWith('x-request-id:'));
  return JSON.stringify([method, url, telling, peer]);
}

function count(
  rows: Map<string, ReplayRow>,
  { text, status }: { text: string; status: number },
  request: LoggedRequest,
  line: number,
): void {
  const first = { line, text: `${request.method} ${request.url}`, status: request.status };
  const row = rows.get(text) ?? { answer: text, count: 0, otherwise: 0, first, firstOtherwise: null };
  rows.set(text, row);
  row.count++;
  if (request.status === 0 || !isOtherwise(request.status, status)) return;
  row.otherwise++;
  row.firstOtherwise ??= first;
}

/** What goes on to the origin counts as let in, whatever the origin said. */
function isOtherwise(logged: number, now: number): boolean {
  const isRefusal = (status: number) => status === 401 || status === 403;
  return now === 200 ? isRefusal(logged) : logged !== now;
}
