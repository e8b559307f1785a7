/**
 * What people and programs outside are told of tickets: arrivals, waits for an approval, failures, completions, rollbacks.
 * Lives here: what there is to tell, who wants to hear it, in which words, and the one HTTP request that says it. What is
 * told is a function of a ticket and of the mark in its status; the only effect is the request. May not live here: when it
 * is tried, and the writing of the mark (dispatch).
 */

export { markOf, type News, newsOf, untold } from './news';
export { createPost, type Post } from './post';
export { senderOf } from './senders';
export { type StoredTarget, type Target, Targets } from './targets';
