import type { CliIo } from '../io.ts';
import type { StoryReply } from './http-client.ts';

/** What a step must give, or the demo has failed. */
export interface Expectation {
  status: number;
  /** The whole body, or what it must match. */
  body?: string | RegExp;
}

export interface TellStep {
  title: string;
  /** The commands that do it by hand, one a line; they may use what earlier ones have set. */
  curl?: string | readonly string[];
  send(): Promise<StoryReply>;
  expect: Expectation;
  /** More to show of what happened: lines, `why …` for refusals, and `!…` for a difference from the story. */
  after?(reply: StoryReply): string[] | Promise<string[]>;
}

const BODY_SHOWN_MAX = 400;

/** Tells the story on the terminal and keeps count of what differed from it. */
export class Narrator {
  readonly #io: CliIo;
  #number = 0;
  #differences = 0;

  constructor(io: CliIo) {
    this.#io = io;
  }

  get differences(): number {
    return this.#differences;
  }

  get steps(): number {
    return this.#number;
  }

  chapter(title: string): void {
    this.#io.out(`\n${this.#bold(`── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}`)}\n`);
  }

  say(text: string): void {
    this.#io.out(`${text}\n`);
  }

  /** Something that was done beside the steps (the clock, a key, a login), and the commands that do it by hand. */
  note(text: string, ...commands: string[]): void {
    this.#io.out(`\n    ${this.#dim(`· ${text}`)}\n`);
    this.#showCommands(commands);
  }

  async step(step: TellStep): Promise<StoryReply> {
    this.#number++;
    this.#io.out(`\n${this.#bold(`${String(this.#number).padStart(2)}  ${step.title}`)}\n`);
    this.#showCommands([step.curl ?? []].flat());
    const reply = await step.send();
    this.#showReply(reply);
    for (const line of (await step.after?.(reply)) ?? []) this.#showLine(line);
    for (const difference of compare(reply, step.expect)) this.#differ(difference);
    return reply;
  }

  #showCommands(commands: readonly string[]): void {
    for (const command of commands) this.#io.out(`    ${this.#dim(`$ ${command}`)}\n`);
  }

  #showReply(reply: StoryReply): void {
    const challenge = reply.headers.filter(([name]) => name === 'www-authenticate');
    this.#io.out(`    ${this.#status(reply)}\n`);
    for (const [name, value] of challenge) this.#io.out(`    ${name}: ${value}\n`);
    const body = shorten(reply.body.trimEnd());
    if (body !== '') this.#io.out(`    ${body.replaceAll('\n', '\n    ')}\n`);
  }

  #showLine(line: string): void {
    if (line.startsWith('!')) this.#differ(line.slice(1));
    else this.#io.out(`    ${line.startsWith('why') ? this.#yellow(line) : line}\n`);
  }

  #differ(text: string): void {
    this.#differences++;
    this.#io.out(`    ${this.#red(`DIFFERS: ${text}`)}\n`);
  }

  #status(reply: StoryReply): string {
    const text = `${reply.status} ${reply.reason}`;
    return reply.status < 400 ? this.#green(text) : this.#red(text);
  }

  #bold(text: string): string {
    return this.#paint(1, text);
  }
  #dim(text: string): string {
    return this.#paint(2, text);
  }
  #red(text: string): string {
    return this.#paint(31, text);
  }
  #green(text: string): string {
    return this.#paint(32, text);
  }
  #yellow(text: string): string {
    return this.#paint(33, text);
  }
  #paint(code: number, text: string): string {
    return this.#io.color ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

function compare(reply: StoryReply, expect: Expectation): string[] {
  const differences: string[] = [];
  if (reply.status !== expect.status)
    differences.push(`status ${reply.status}, the story has ${expect.status}`);
  const { body } = expect;
  if (typeof body === 'string' && reply.body !== body)
    differences.push(`the body, the story has \`${body}\``);
  if (body instanceof RegExp && !body.test(reply.body)) differences.push(`the body does not match ${body}`);
  return differences;
}

/** Tokens are shown by their first characters only; a long body by its start. */
function shorten(body: string): string {
  const hidden = body.replaceAll(/(eyJ[\w-]{6})[\w-]*\.[\w-]+\.[\w-]*/g, '$1…');
  return hidden.length > BODY_SHOWN_MAX ? `${hidden.slice(0, BODY_SHOWN_MAX)}…` : hidden;
}
