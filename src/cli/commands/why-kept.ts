import type { Step } from '../../base/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { renderSteps } from '../render-why.ts';
import type { WhyFlags } from './why.ts';

const TIMEOUT_MS = 5000;
/** Longer answers are nobody's that runs jotgate. */
const ANSWER_MAX = 4 * 1024 * 1024;

/** As the admin interface has it. */
interface KeptStep {
  kind: string;
  text: string;
  verdict: Step['verdict'];
  reason: string | null;
  met: [];
  notes: string[];
  at: { file: string; line: number } | null;
  steps: KeptStep[];
}

interface KeptRefusal {
  id: string;
  at: string;
  request: { method: string; authority: string; path: string };
  status: number;
  body: string;
  playedAgain?: number | null;
  steps: KeptStep[];
}

/** Shows a refusal that a running gate has kept. */
export async function explainKept(id: string, { admin, json, exitCode }: WhyFlags, io: CliIo): Promise<void> {
  const text = await ask(admin, id);
  const refusal = parseRefusal(text, admin);
  io.out(json === true ? `${JSON.stringify(refusal, null, 2)}\n` : renderKept(refusal, io.color));
  if (exitCode === true) io.exitCode = EXIT.deniedOrNotValid;
}

async function ask(admin: string, id: string): Promise<string> {
  if (!/^[\w.:[\]-]+:\d{1,5}$/.test(admin)) throw new UserError('--admin takes ADDR:PORT', EXIT.wrongUse);
  if (!/^([\da-f]{1,32}|last)$/.test(id))
    throw new UserError('--id takes what `x-jotgate-why` has', EXIT.wrongUse);
  try {
    const response = await fetch(`http://${admin}/why/${id}`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    const text = await response.text();
    if (response.ok && text.length <= ANSWER_MAX) return text;
    const said = text
      .slice(0, 200)
      .replaceAll(/[^\u0020-\u007E]/g, ' ')
      .trim();
    throw new UserError(`the gate at ${admin} says: ${said || response.status}`, EXIT.wrongUse);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `nothing answers at ${admin}; --admin says where a gate's admin interface is`,
      EXIT.wrongUse,
    );
  }
}

/** Whatever answers there is not trusted to be a gate. */
function parseRefusal(text: string, admin: string): KeptRefusal {
  try {
    const refusal = JSON.parse(plain(text)) as KeptRefusal;
    const { id, at, status, body, request, steps } = refusal;
    const words = [id, at, body, request.method, request.authority, request.path];
    if (typeof status === 'number' && words.every(isText) && areSteps(steps, 0)) return refusal;
  } catch {
    // told below
  }
  throw new UserError(`what answers at ${admin} is no admin interface of jotgate`, EXIT.wrongUse);
}

/** Escapes of control characters in JSON, which a terminal would obey. */
const plain = (json: string) => json.replaceAll(/\\u00(?:[01][\da-f]|7f|[89][\da-f])|\p{Cc}/giu, ' ');

const isText = (value: unknown) => typeof value === 'string';
const DEPTH_MAX = 64;

function areSteps(steps: unknown, depth: number): steps is KeptStep[] {
  if (!Array.isArray(steps) || depth > DEPTH_MAX) return false;
  return steps.every((step: KeptStep) => {
    const { kind, text, verdict, reason, notes, at } = step;
    const isPlaced = at === null || (isText(at.file) && typeof at.line === 'number');
    const isWorded =
      isText(kind) && isText(text) && VERDICTS.has(verdict) && (reason === null || isText(reason));
    return (
      isWorded && isPlaced && Array.isArray(notes) && notes.every(isText) && areSteps(step.steps, depth + 1)
    );
  });
}

const VERDICTS = new Set<unknown>(['ok', 'no', 'deny', 'skipped', 'unknown']);

function renderKept({ at, request, status, body, playedAgain, steps }: KeptRefusal, color: boolean): string {
  const { method, authority, path } = request;
  const head = `${at}  ${method} ${authority}${path}  ->  ${status}  ${body.split('\n', 1)[0]}`.trimEnd();
  const places = new Map<object, string>();
  const tree = steps.map((step) => stepOf(step, places));
  const again =
    playedAgain === undefined
      ? ''
      : "  played again it is answered otherwise: what decided changes with time, or is another service's word\n";
  return `${head}\n${renderSteps(tree, (origin) => places.get(origin), color)}${again}`;
}

/** A step again, with the place that was found for it where it ran. */
function stepOf(kept: KeptStep, places: Map<object, string>): Step {
  const { kind, text, verdict, notes, reason, at } = kept;
  if (at !== null) places.set(kept, `${at.file}:${at.line}`);
  const steps = kept.steps.map((inner) => stepOf(inner, places));
  return {
    kind,
    text,
    verdict,
    notes,
    met: [],
    steps,
    reason: reason ?? undefined,
    origin: kept,
    field: undefined,
  };
}
