import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';

const PART =
  /'([^']*)'|\$'([^'\\]*(?:\\.[^'\\]*)*)'|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|\\\r?\n|\\([\s\S])|([^\s'"\\]+)|(\s+)/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * Splits a command line as a shell would, as far as browsers and people write curl's: both quotes, `$'…'`, backslashes and lines that
 * go on.
 * @throws UserError when a quote is not closed, or the shell would put something else in
 */
export function splitShellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const found = PART.exec(text);
    if (found === null) throw new UserError('the command line has a quote that is not closed', EXIT.wrongUse);
    const [, single, dollar, double, escaped, plain, space] = found;
    if (space !== undefined) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    refuseSubstitution(double?.replaceAll(/\\[\s\S]/g, '') ?? plain ?? '');
    const part =
      single ??
      (dollar === undefined ? undefined : unescapeDollar(dollar)) ??
      double?.replaceAll(/\\(["\\$`])/g, '$1').replaceAll(/\\\r?\n/g, '') ??
      escaped ??
      plain;
    if (part !== undefined) word = (word ?? '') + part;
  }
  if (word !== null) words.push(word);
  return words;
}

function refuseSubstitution(text: string): void {
  const found = /\$\{?[A-Za-z_]\w*\}?|\$\(|`/.exec(text);
  if (found === null) return;
  const hint = "write out what it stands for, or quote it with '…' where it stands for itself";
  throw new UserError(
    `the command line has \`${found[0]}\`, which only a shell fills in: ${hint}`,
    EXIT.wrongUse,
  );
}

const unescapeDollar = (text: string) =>
  text
    .replaceAll(/\\u([\da-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);
