import type { Json, JsonObject, PlayedRequest } from './case.ts';
import { type BatchCase, type Ground, type Report, runBatch } from './run-batch.ts';

/** What is made smaller: a configuration and the one request that shows the disagreement, if a request does. */
interface Subject {
  manager: JsonObject;
  request: PlayedRequest | null;
}

/** A way to make a subject smaller. */
type Reduction = (subject: Subject) => Subject | null;

const VARIANTS_MAX = 80;
const ROUNDS_MAX = 15;

/**
 * Makes a disagreement's case as small as it goes while the sides still disagree in the same kind of thing, by trying many smaller
 * ones at a time in one batch.
 */
export async function shrinkReport(report: Report, ground: Ground): Promise<Report> {
  let best = report;
  let subject: Subject = { manager: report.one.manager, request: report.request };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const kept = await findKept(reductionsOf(subject), subject, report, ground);
    if (kept.length === 0) return best;
    const step = await takeMost(kept, subject, report, ground);
    if (step === null) return best;
    subject = step.subject;
    best = step.report;
  }
  return best;
}

/** The reductions after each of which alone the disagreement is still there. */
async function findKept(
  reductions: Reduction[],
  subject: Subject,
  report: Report,
  ground: Ground,
): Promise<Reduction[]> {
  const kept: Reduction[] = [];
  for (let start = 0; start < reductions.length; start += VARIANTS_MAX) {
    const part = reductions.slice(start, start + VARIANTS_MAX);
    const reports = await tryAll(
      part.map((reduce) => reduce(subject)),
      report,
      ground,
    );
    part.forEach((reduce, index) => {
      if (reports[index] !== undefined) kept.push(reduce);
    });
    if (kept.length >= 10) break;
  }
  return kept;
}

/** Takes as many of the reductions together as leave the disagreement. */
async function takeMost(
  kept: readonly Reduction[],
  subject: Subject,
  report: Report,
  ground: Ground,
): Promise<{ subject: Subject; report: Report } | null> {
  const counts = [kept.length, ...[2, 4, 8].map((part) => Math.ceil(kept.length / part)), 1];
  const subjects = counts.map((count) =>
    kept.slice(0, count).reduce<Subject>((current, reduce) => reduce(current) ?? current, subject),
  );
  const reports = await tryAll(subjects, report, ground);
  const at = reports.findIndex((one) => one !== undefined);
  return at < 0 ? null : { subject: subjects[at] as Subject, report: reports[at] as Report };
}

async function tryAll(
  subjects: readonly (Subject | null)[],
  wanted: Report,
  ground: Ground,
): Promise<(Report | undefined)[]> {
  const cases = subjects.map((subject, index): BatchCase | null =>
    subject === null
      ? null
      : {
          ...wanted.one,
          id: `s${index}`,
          manager: subject.manager,
          requests: subject.request === null ? wanted.one.requests : [subject.request],
          mutation: wanted.kind === 'configuration' ? (wanted.one.mutation ?? null) : null,
        },
  );
  const { reports } = await runBatch(
    cases.filter((one) => one !== null),
    ground,
  );
  return subjects.map((_, index) => reports.find((one) => one.one.id === `s${index}` && isLike(one, wanted)));
}

function isLike(one: Report, wanted: Report): boolean {
  if (one.kind !== wanted.kind || one.rows.length > 0 || one.admits !== wanted.admits) return false;
  const parts = new Set(one.differences.map(({ part }) => part));
  return wanted.kind === 'counters' || wanted.differences.some(({ part }) => parts.has(part));
}

function reductionsOf(subject: Subject): Reduction[] {
  const places = placesOf(subject.manager, [])
    .filter((path) => path.at(-1) !== '@type')
    .sort((a, b) => sizeAt(subject.manager, b) - sizeAt(subject.manager, a));
  return [...places.map(removal), ...(subject.request === null ? [] : requestReductions(subject.request))];
}

type Path = readonly (string | number)[];

function placesOf(value: Json, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return keys.flatMap((key) => {
    const here = [...path, key];
    return [here, ...placesOf(childOf(value, key), here)];
  });
}

function childOf(value: Json, key: string | number): Json {
  if (typeof value !== 'object' || value === null) return null;
  return (Array.isArray(value) ? value[key as number] : value[key as string]) ?? null;
}

const sizeAt = (value: Json, path: Path) => JSON.stringify(path.reduce<Json>(childOf, value)).length;

/** Removes a field, or empties an element's place, so that other reductions still find their own; `compact` closes the gaps. */
function removal(path: Path): Reduction {
  return (subject) => {
    const manager = structuredClone(subject.manager);
    const parent = path.slice(0, -1).reduce<Json>(childOf, manager);
    const key = path.at(-1) as string | number;
    if (typeof parent !== 'object' || parent === null) return null;
    if (Array.isArray(parent)) {
      if ((key as number) >= parent.length) return null;
      parent.splice(key as number, 1);
    } else if (!(key in parent)) return null;
    else delete parent[key as string];
    return { ...subject, manager };
  };
}

function requestReductions(request: PlayedRequest): Reduction[] {
  const change =
    (edit: (request: PlayedRequest) => PlayedRequest): Reduction =>
    (subject) =>
      subject.request === null ? null : { ...subject, request: edit(structuredClone(subject.request)) };
  const reductions = request.headers.map((_, index) =>
    change((one) => ({ ...one, headers: one.headers.toSpliced(index, 1) })),
  );
  if (request.method !== 'GET') reductions.push(change(({ body: _, ...one }) => ({ ...one, method: 'GET' })));
  if (request.host !== 'host.test') reductions.push(change((one) => ({ ...one, host: 'host.test' })));
  if (request.target.includes('?')) {
    reductions.push(change((one) => ({ ...one, target: one.target.slice(0, one.target.indexOf('?')) })));
    reductions.push(...parameterReductions(request, change));
  }
  if (request.target !== '/') reductions.push(change((one) => ({ ...one, target: '/' })));
  return reductions;
}

function parameterReductions(
  { target }: PlayedRequest,
  change: (edit: (request: PlayedRequest) => PlayedRequest) => Reduction,
): Reduction[] {
  const parameters = target.slice(target.indexOf('?') + 1).split('&');
  if (parameters.length < 2) return [];
  return parameters.map((_, index) =>
    change((one) => {
      const at = one.target.indexOf('?');
      const left = one.target
        .slice(at + 1)
        .split('&')
        .toSpliced(index, 1);
      return { ...one, target: `${one.target.slice(0, at)}?${left.join('&')}` };
    }),
  );
}
