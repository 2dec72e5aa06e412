import type { EnvoyTreatment, Finding } from '../resources/index.ts';
import { excerptOf, printable } from './source-excerpt.ts';

export interface RenderOptions {
  /** Lines of each file by the name that findings use, without credentials. */
  lines(file: string): readonly string[] | undefined;
  color: boolean;
  /** Hides credentials of the files in what is said of them. */
  hide?(sentence: string): string;
  /** Who reads the text of that name, or what is said without a place. Unknown: Envoy, and Istio for the codes about its objects. */
  judge?(file: string | undefined): Judge | undefined;
}

/** Whose treatment of a text findings tell. A dump of a running Envoy is `no file`: nobody loads it. */
export type Judge = 'Envoy' | 'Istio' | 'no file';

const CODES = { red: 31, yellow: 33, blue: 34, bold: 1 } as const;

type Paint = (style: keyof typeof CODES, text: string) => string;

/** One finding with the line that it is about, in the shape of a compiler's message. */
export function renderFinding(found: Finding, options: RenderOptions): string {
  const finding = options.hide === undefined ? found : withoutSecrets(found, options.hide);
  const paint: Paint = (style, text) => (options.color ? `\u001B[${CODES[style]}m${text}\u001B[0m` : text);
  const tone = finding.severity === 'error' ? 'red' : 'yellow';
  const head = paint(tone, `${finding.severity}[${finding.code}]`);
  const gutter = ' '.repeat(String(finding.at?.line ?? '').length);
  const lines = [
    `${head}: ${paint('bold', printable(finding.message))}`,
    ...renderPlace(finding, gutter, options, paint, tone),
    ...renderHint(finding, gutter),
    ...(finding.path === undefined || finding.path === '' ? [] : [`${gutter} = path: ${finding.path}`]),
    `${gutter} = ${renderTreatment(finding, judgeOf(finding, options))}  more: jotgate explain ${finding.code}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** What is said of a text may quote its credentials. */
export function withoutSecrets(finding: Finding, hide: (sentence: string) => string): Finding {
  const { message, hint, path } = finding;
  return { ...finding, message: hide(message), hint: hint && hide(hint), path: path && hide(path) };
}

function judgeOf({ code, at }: Finding, { judge }: RenderOptions): Judge {
  return judge?.(at?.file) ?? (/^[EW]4/.test(code) ? 'Istio' : 'Envoy');
}

function renderPlace(
  { at, hint }: Finding,
  gutter: string,
  options: RenderOptions,
  paint: Paint,
  tone: 'red' | 'yellow',
): string[] {
  if (at === undefined) return [];
  const arrow = `${gutter}${paint('blue', '-->')} ${at.file}:${at.line}:${at.column}`;
  const line = options.lines(at.file)?.[at.line - 1];
  if (line === undefined) return [arrow];
  const { text, column } = excerptOf(line, at.column);
  const bar = paint('blue', '|');
  const marks = '^'.repeat(Math.max(1, Math.min(at.length, text.length - column + 1)));
  const note = hint === undefined || hint.includes('\n') ? '' : ` ${hint}`;
  const indent = text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  return [
    arrow,
    `${gutter} ${bar}`,
    `${paint('blue', String(at.line))} ${bar} ${text}`,
    `${gutter} ${bar} ${indent}${paint(tone, marks + note)}`,
  ];
}

/** A hint of one line stands at the marks. */
function renderHint({ at, hint }: Finding, gutter: string): string[] {
  if (hint === undefined || (at !== undefined && !hint.includes('\n'))) return [];
  return hint.split('\n').map((line, index) => `${gutter} ${index === 0 ? '=' : ' '} ${line}`);
}

const TREATMENTS: Readonly<Record<EnvoyTreatment, string>> = {
  refuses: 'refuses this file.',
  ignores: 'ignores this in silence.',
  accepts: 'accepts this.',
};

function renderTreatment({ envoy, severity }: Finding, judge: Judge): string {
  if (judge === 'no file')
    return `Envoy ${envoy === 'refuses' ? 'refuses this in a file.' : TREATMENTS[envoy]}`;
  return `${judge} ${envoy === 'refuses' && severity === 'error' ? 'refuses this file too.' : TREATMENTS[envoy]}`;
}
