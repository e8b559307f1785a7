/** The operator's log on stderr: JSON for collectors, one readable line each where a person looks. */

import { pino, type Level, type Logger } from 'pino';
import type { Log, LogFields } from '../log';
import { oneLine } from './view/text';
import { type Terminal, wantsColours } from './terminal';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A log that writes to the terminal's error stream. */
export function logTo(terminal: Terminal, level: LogLevel): Log {
  const isPerson = terminal.err.isTTY === true;
  const write = isPerson ? readable(terminal) : (line: string) => void terminal.err.write(line);
  const options = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  };
  return wrap(pino(options, { write: (line: string) => write(withoutURLCredentials(line)) }));
}

/** Nobody may log these; where somebody does all the same, their values do not get out. */
const SECRET_FIELDS = [
  'password',
  'token',
  'authorization',
  'sshPrivateKey',
  'privateKey',
  'githubAppPrivateKey',
  'credential',
  'secret',
  'data',
  'stringData',
];

/** Words of others may repeat a URL as it was given to them. */
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"\\]+@/gi;
const withoutURLCredentials = (line: string): string => line.replace(URL_CREDENTIALS, '$1[redacted]@');

function wrap(logger: Logger): Log {
  const at =
    (level: Level) =>
    (fields: LogFields, message: string): void =>
      logger[level](fields, message);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(logger.child(fields)),
  };
}

const MARKS: Readonly<Record<string, string>> = { warn: '\u001b[33m', error: '\u001b[31m', debug: '\u001b[2m' };

/** `10:04:17 warn  message  key=value`. */
function readable(terminal: Terminal): (line: string) => void {
  const colours = wantsColours(terminal, terminal.err);
  return (line) => {
    const { level, time, message, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const rest = Object.entries(fields).map(
      ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    const words = oneLine(
      `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${String(message)} ${rest.join(' ')}`,
    );
    const mark = colours ? MARKS[String(level)] : undefined;
    terminal.err.write(mark === undefined ? `${words}\n` : `${mark}${words}\u001b[0m\n`);
  };
}
