/** Carries out what a verb came to: as the person, guarded, judged anew where somebody else was faster. */

import { ConflictError, TerminalError, TransientError } from '../../errors';
import { AlreadyExistsError } from '../../kube';
import type { Creation, Word, Write } from '../../verbs';
import { isRaw, printRaw, type Format } from '../output';
import type { AnyOfOurs, Reach } from '../reach';
import { EXIT, type ExitCode, print, type Terminal } from '../terminal';

/** How often it is looked at anew: the runtime writes as well. */
const MOST_LOOKS = 6;

/**
 * @param decide reads what it is about and says what comes of it; called again where the world has moved on
 * @throws TerminalError with the refusal, the verb's own or the cluster's
 */
export async function speak(
  terminal: Terminal,
  reach: Reach,
  format: Format | undefined,
  decide: () => Promise<Word>,
): Promise<ExitCode> {
  let unanswered = false;
  for (let look = 1; ; look++) {
    const word = await decide();
    if (word.outcome === 'Refused') throw new TerminalError(word.says);
    if (word.outcome === 'Nothing') {
      print(isRaw(format) ? terminal.err : terminal.out, word.says);
      return EXIT.done;
    }
    try {
      const written: AnyOfOurs[] = [];
      for (const write of word.writes) written.push(await carryOut(reach, write));
      if (isRaw(format)) printRaw(terminal, format, written, { single: written.length === 1 });
      else print(terminal.out, word.says);
      return EXIT.done;
    } catch (error) {
      // What a write without an answer did is seen by looking; a second one without is the cluster's last word.
      const lost: boolean = error instanceof TransientError && !unanswered;
      if (!(error instanceof ConflictError || lost) || look === MOST_LOOKS || terminal.stop.aborted) throw error;
      unanswered ||= lost;
    }
  }
}

function carryOut(reach: Reach, write: Write): Promise<AnyOfOurs> {
  if (write.verb === 'patch') return reach.merge(write, write.patch);
  return made(reach, write);
}

/** Makes a ticket; one that is there already and is the same was made by the try before. */
async function made(reach: Reach, { object }: Creation): Promise<AnyOfOurs> {
  try {
    return await reach.create(object);
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
    const present = await reach.find({ kind: 'Ticket', name: object.metadata.name });
    const same = JSON.stringify(present?.spec.origin) === JSON.stringify(object.spec.origin);
    if (present !== undefined && same && present.spec.origin?.retryOf === undefined) return present;
    throw error;
  }
}
