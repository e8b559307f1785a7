/** Stories that once broke an invariant, kept so that they never do again. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Invariant } from './invariants';
import type { Story } from './scene';

/** A story with what it is about. */
export interface SavedStory {
  /** What went wrong, in a sentence. */
  readonly about: string;
  readonly invariant: Invariant;
  readonly story: Story;
}

export const STORIES = join(__dirname, 'stories');

export const savedStories = (): string[] =>
  existsSync(STORIES)
    ? readdirSync(STORIES)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : [];

/** @throws Error where the file is no saved story */
export function loadStory(path: string): SavedStory {
  const saved: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof saved !== 'object' || saved === null || !('story' in saved)) throw new Error(`${path} is no saved story`);
  return saved as SavedStory;
}

/** @returns the path of the file */
export function saveStory(saved: SavedStory): string {
  mkdirSync(STORIES, { recursive: true });
  const path = join(STORIES, `seed-${saved.story.seed}-${saved.invariant}.json`);
  writeFileSync(path, `${JSON.stringify(saved, undefined, 2)}\n`);
  return path;
}
