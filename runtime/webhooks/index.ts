/**
 * What registries and Git hosts say when something was pushed, as hints: which images or source branches may have moved.
 * Lives here: who may say so, how each sender's words are read, and which subscriptions they are about. Pure: bytes and
 * headers in, hints out. A hint decides nothing: whoever gets one looks for himself (rule B1).
 */

export { isAbout } from './about';
export type { Delivery } from './delivery';
export type { Hint } from './hint';
export { addressOf, LONGEST_BODY, type Receiver, Receivers, type Reception, type StoredReceiver } from './receivers';
export { SENDERS, type SenderName, setUpOf } from './senders';
