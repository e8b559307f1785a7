import { Cron } from 'croner';
import { invalidProp } from './invalid-prop';

/** From here on a schedule has to come up at least once. Fixed, so that synth does not depend on the day. */
const BEGINNING = new Date(0);

/**
 * Checks a cron expression and its time zone as the runtime will read them.
 *
 * @param prop name of the prop, for the message
 * @throws Error when the expression does not parse, never comes up, or the zone does not exist
 */
export function assertCron(prop: string, expression: string, timeZone: string): void {
  if (!isTimeZone(timeZone)) {
    throw invalidProp('timeZone', timeZone, 'is no time zone', "write an IANA name such as 'Europe/Berlin' or 'UTC'");
  }
  const fix = "write minute, hour, day, month and weekday, such as '0 9 * * 1-5'";
  let next: Date | null;
  try {
    next = new Cron(expression, { paused: true, timezone: timeZone }).nextRun(BEGINNING);
  } catch (error) {
    throw invalidProp(
      prop,
      expression,
      `does not parse: ${error instanceof Error ? error.message : String(error)}`,
      fix,
    );
  }
  if (next === null) throw invalidProp(prop, expression, 'never comes up', fix);
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
