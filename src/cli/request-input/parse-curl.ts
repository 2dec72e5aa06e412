import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import { splitShellWords } from './split-shell-words.ts';
import type { WrittenRequest } from './written-request.ts';

/** Options that say nothing of what is asked and take a value. */
const WITH_VALUE = new Set(
  '-o --output -m --max-time --connect-timeout --retry --retry-delay --retry-max-time --cacert --capath --cert -E --key --pass --ciphers --resolve --connect-to -w --write-out -c --cookie-jar -D --dump-header -x --proxy --interface --limit-rate --max-redirs --tls-max --unix-socket --aws-sigv4 --noproxy --trace --trace-ascii --stderr -K --config -y -Y -z -r --range -U --proxy-user --proxy-header --proto --proto-default --proto-redir --netrc-file --keepalive-time --dns-servers --doh-url --local-port --max-filesize --pinnedpubkey --speed-limit --speed-time --etag-save --output-dir --tls13-ciphers --crlfile --cert-type --key-type --expect100-timeout --hsts --rate --socks5 --socks5-hostname'.split(
    ' ',
  ),
);
/** Letters of options without a value: they may stand together. */
const LETTERS = /^-[sSkvifLgNn#0-9:jJOGIaqlRpZ]+$/;

const DATA = new Set([
  '-d',
  '--data',
  '--data-ascii',
  '--data-raw',
  '--data-binary',
  '--data-urlencode',
  '--json',
]);

/** Parts of a form with files. */
const FORM = new Set(['-F', '--form', '--form-string']);
const FORM_TYPE = 'multipart/form-data; boundary=------------------------0';

interface Collected {
  method: string | undefined;
  url: string | undefined;
  headers: string[];
  data: string[];
  /** Between two data. */
  joint: '&' | '';
  /** Some of the data are in a file, or are sent in another form than they are written. */
  hidesData: boolean;
  isForm: boolean;
  isGet: boolean;
}

/**
 * Parses one command line of curl, as a browser copies it or a person writes it.
 * @throws UserError without a URL, or with an option that is not known
 */
export function parseCurl(text: string): WrittenRequest {
  const [command, ...words] = splitShellWords(text);
  if (command === undefined || !/(^|\/)curl(\.exe)?$/.test(command)) {
    throw new UserError('the command line does not start with `curl`', EXIT.wrongUse);
  }
  const found: Collected = {
    method: undefined,
    url: undefined,
    headers: [],
    data: [],
    joint: '&',
    hidesData: false,
    isForm: false,
    isGet: false,
  };
  while (words.length > 0) takeWord(words, found);
  const { url, headers, data, isForm, isGet, method } = found;
  if (url === undefined) throw new UserError('the curl command line has no URL', EXIT.wrongUse);
  const query = isGet && data.length > 0 ? `${url.includes('?') ? '&' : '?'}${data.join('&')}` : '';
  const isPost = isForm || (data.length > 0 && !isGet);
  if (isPost && !headers.some((line) => /^content-type:/i.test(line))) {
    headers.push(`content-type: ${isForm ? FORM_TYPE : 'application/x-www-form-urlencoded'}`);
  }
  if (isPost && !isForm && !found.hidesData && !headers.some((line) => FRAMING.test(line))) {
    headers.push(`content-length: ${Buffer.byteLength(data.join(found.joint))}`);
  }
  return { method: method ?? (isPost ? 'POST' : 'GET'), url: withScheme(url + query), headers };
}

const FRAMING = /^(content-length|transfer-encoding):/i;

/** Where curl has none it takes http. */
const withScheme = (url: string) =>
  /^[a-z]+:\/\//i.test(url) || url.startsWith('/') ? url : `http://${url}`;

function setUrl(found: Collected, url: string): void {
  if (found.url !== undefined) {
    throw new UserError(
      'the curl command line has more than one URL, or an option whose value is not known here',
      EXIT.wrongUse,
    );
  }
  found.url = url;
}

function takeWord(words: string[], found: Collected): void {
  const word = words.shift() as string;
  if (!word.startsWith('-') || word === '-') {
    setUrl(found, word);
    return;
  }
  const [option, joined] = splitOption(word);
  const value = () => joined ?? words.shift() ?? '';
  if (option === '-X' || option === '--request') found.method = value();
  else if (option === '-H' || option === '--header') addHeader(found.headers, value());
  else if (option === '--url') setUrl(found, value());
  else if (option === '-b' || option === '--cookie') found.headers.push(`cookie: ${value()}`);
  else if (option === '-A' || option === '--user-agent') found.headers.push(`user-agent: ${value()}`);
  else if (option === '-e' || option === '--referer') found.headers.push(`referer: ${value()}`);
  else if (option === '--oauth2-bearer') found.headers.push(`authorization: Bearer ${value()}`);
  else if (option === '-u' || option === '--user') {
    found.headers.push(`authorization: Basic ${Buffer.from(value()).toString('base64')}`);
  } else if (DATA.has(option)) {
    addData(option, value(), found);
  } else if (FORM.has(option)) {
    found.isForm = true;
    value();
  } else if (option === '-T' || option === '--upload-file') {
    found.method ??= 'PUT';
    value();
  } else if (option === '-I' || option === '--head') found.method ??= 'HEAD';
  else if (option === '-G' || option === '--get') found.isGet = true;
  else if (WITH_VALUE.has(option)) value();
  else if (LETTERS.test(word)) {
    if (word.includes('I')) found.method ??= 'HEAD';
    if (word.includes('G')) found.isGet = true;
  } else if (!/^--(no-)?[a-z\d.-]+$/.test(word)) {
    throw new UserError(`curl's option \`${option}\` is not known here`, EXIT.wrongUse);
  }
}

function addData(option: string, text: string, found: Collected): void {
  found.data.push(text);
  found.hidesData ||= option === '--data-urlencode' || (option !== '--data-raw' && text.startsWith('@'));
  if (option !== '--json') return;
  found.joint = '';
  found.headers.push('content-type: application/json', 'accept: application/json');
}

const SHORT_WITH_VALUE = /^-[XHbAeudomwcDxTFKryzYE]/;

/** `-XPOST`, `--request=POST`. */
function splitOption(word: string): [option: string, value: string | undefined] {
  if (word.startsWith('--')) {
    const at = word.indexOf('=');
    return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
  }
  return SHORT_WITH_VALUE.test(word) && word.length > 2
    ? [word.slice(0, 2), word.slice(2)]
    : [word, undefined];
}

/**
 * `name;` sends an empty one, `name:` sends none.
 * @throws UserError for `@file`
 */
function addHeader(headers: string[], line: string): void {
  if (line.startsWith('@')) {
    throw new UserError("curl's `-H @FILE` is not read here: write the headers out", EXIT.wrongUse);
  }
  if (/^[^:;]+:\s*$/.test(line)) return;
  headers.push(/^[^:]+;$/.test(line) ? `${line.slice(0, -1)}: ` : line);
}
