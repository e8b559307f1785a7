/**
 * How the machine speaks to its operator. Every room gets a `Log` handed in; only the command knows what writes it.
 * Messages are constant sentences, everything that varies goes into fields. Never a credential, nor a URL with one.
 */

/** What varies in a message; values must be plain data. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A log that adds these fields to each of its messages. */
  child(fields: LogFields): Log;
}

/** A log that nobody reads. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
