'use strict';
/** Loaded into a small process that starts others: tells of each by a byte in a file (`processes.ts`). */
const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync } = require('node:fs');

subscribe('child_process', () => appendFileSync(process.env.STARTED, '.'));
