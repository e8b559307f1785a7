/** What cannot be rendered, whoever finds it. */

import { TerminalError } from '../errors';

/** @param words without the full stop at their end */
export const failed = (words: string): TerminalError => new TerminalError(`${words}.`, 'RenderFailed');
