import { isCredentialName, type Step } from '../../base/index.ts';
import { isJsonObject, type JsonObject, type JsonValue, memberOf } from '../../core/jwt/index.ts';
import type { RequestHead, Verdict } from '../../proxy/rehearsal/index.ts';
import { createSecretHider } from '../hide-secrets.ts';
import { routeMismatches } from '../route-check/check-route.ts';
import type { Expectation, FieldWanted, StatusWanted, UpstreamWanted } from './policy-test.ts';

/** What is not as expected, a sentence each. Values of fields are told without tokens. */
export function mismatchesOf(expect: Expectation, verdict: Verdict, root: Step): string[] {
  const { status, body, details, refusedBy, headers = [], upstream, route } = expect;
  return [
    ...(status === undefined || statusFits(status, verdict)
      ? []
      : [`wanted ${status}, got ${statusText(verdict)}`]),
    ...different('the body', body, verdict.body),
    ...different('the details', details, verdict.details),
    ...different('the filter that refuses', refusedBy, refuserOf(root) ?? 'none'),
    ...headers.flatMap((field) => fieldMismatch(field, valuesIn(verdict.headers, field.name))),
    ...(upstream === undefined ? [] : upstreamMismatches(upstream, verdict)),
    ...(route === undefined ? [] : routeMismatches(route, verdict)),
  ];
}

/** The status that a client would see; what the origin answers is taken to be 200. */
function statusOf({ status }: Verdict): number {
  return status ?? 200;
}

/** `403`, or `200 (to the origin)`. */
function statusText(verdict: Verdict): string {
  if (verdict.status === null) return '200 (goes on to the origin)';
  if (verdict.status === 0) return 'a closed connection';
  return `${verdict.status} ${verdict.body.split('\n', 1)[0]}`.trimEnd();
}

function statusFits(wanted: StatusWanted, verdict: Verdict): boolean {
  const status = statusOf(verdict);
  const passes = status > 0 && status < 400;
  if (wanted === 'pass') return passes;
  if (wanted === 'deny') return !passes;
  return typeof wanted === 'number' ? status === wanted : String(status)[0] === wanted[0];
}

function different(what: string, wanted: string | undefined, found: string): string[] {
  if (wanted === undefined || wanted === found) return [];
  return [`${what}: wanted \`${wanted}\`, got \`${withoutSecrets(found)}\``];
}

function differentField(name: string, wanted: string, values: readonly string[]): string {
  if (isCredentialName(name)) return `header \`${name}\` is not as wanted (its value is not shown)`;
  return `header \`${name}\`: wanted \`${withoutSecrets(wanted)}\`, got \`${withoutSecrets(values.join(', '))}\``;
}

/** Of base64 nobody knows what it holds. */
const withoutSecrets = createSecretHider([]).sentence;

function refuserOf(root: Step): string | undefined {
  const filters = root.steps.flatMap(({ steps }) => steps).filter(({ kind }) => kind === 'filter');
  return filters.find(({ verdict }) => verdict === 'deny')?.text;
}

function upstreamMismatches(wanted: UpstreamWanted, { forwarded, route }: Verdict): string[] {
  if (forwarded === null) return ['it does not go on to an origin'];
  const cluster = route?.action.kind === 'cluster' ? route.action.cluster : 'none';
  return [
    ...different('the cluster', wanted.cluster, cluster),
    ...different("the origin's host", wanted.host, forwarded.authority),
    ...different("the origin's path", wanted.path, forwarded.path),
    ...wanted.headers.flatMap((field) => fieldMismatch(field, forwardedValues(forwarded, field.name))),
  ];
}

function forwardedValues({ headers }: RequestHead, name: string): string[] {
  return headers.values.filter((_, index) => headers.names[index] === name);
}

function valuesIn(headers: Verdict['headers'], name: string): string[] {
  return headers.flatMap(([key, value]) => (key === name ? [value] : []));
}

function fieldMismatch({ name, want }: FieldWanted, values: readonly string[]): string[] {
  const [value] = values;
  if (want.kind === 'absent') return value === undefined ? [] : [`header \`${name}\` is there`];
  if (value === undefined) return [`header \`${name}\` is not there`];
  if (want.kind === 'present') return [];
  if (want.kind === 'value') {
    const fits = values.length === 1 && value === want.value;
    return fits ? [] : [differentField(name, want.value, values)];
  }
  const found = jsonIn(value);
  if (found === null) return [`header \`${name}\` holds no JSON object`];
  return missingIn(found, want.json).map((path) => `header \`${name}\`: \`${path}\` is not as wanted`);
}

function jsonIn(value: string): JsonObject | null {
  for (const text of [value, Buffer.from(value, 'base64url').toString('utf8')]) {
    try {
      const json = JSON.parse(text) as JsonValue;
      if (isJsonObject(json)) return json;
    } catch {}
  }
  return null;
}

/** Paths of members that are wanted and are not so in what was found; more may be there. */
function missingIn(found: JsonObject, wanted: JsonObject): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const member = memberOf(found, name);
    if (isJsonObject(value) && isJsonObject(member)) {
      return missingIn(member, value).map((path) => `${name}.${path}`);
    }
    return JSON.stringify(member) === JSON.stringify(value) ? [] : [name];
  });
}
