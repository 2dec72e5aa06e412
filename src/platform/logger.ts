import { createRequire } from 'node:module';
import type { DestinationStream, LoggerOptions } from 'pino';
import type { Clock, Logger } from '../base/index.ts';
import { systemClock } from './system-clock.ts';

export interface CreateLoggerOptions {
  /** json: one object a line, for machines. pretty: one plain line, for a person. Default: json. */
  readonly format?: 'json' | 'pretty';
  /** Lines below this level are dropped. Default: info. */
  readonly level?: 'info' | 'warn' | 'error';
  readonly clock?: Clock;
  /** Takes whole lines with their line feed. Default: the standard error stream. */
  readonly write?: (line: string) => void;
}

/** The process's logger. Written synchronously, so that no line is lost when the process ends. */
export function createLogger(options: CreateLoggerOptions = {}): Logger {
  const { format = 'json', level = 'info', clock = systemClock } = options;
  const { pino, destination } = loadPino();
  const sink: DestinationStream = options.write
    ? { write: options.write }
    : destination({ fd: 2, sync: true });
  const stream = format === 'json' ? sink : { write: (line: string) => sink.write(prettyLine(line)) };
  const logger = pino(pinoOptions(level, clock), stream);
  return {
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}

/** Loaded with the first logger: most commands make none. */
const loadPino = () => createRequire(import.meta.url)('pino') as typeof import('pino');

function pinoOptions(level: string, clock: Clock): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
  };
}

/** `12:00:00.000 warn  message key=value`. */
function prettyLine(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(msg)}${pairs.join('')}\n`;
}
