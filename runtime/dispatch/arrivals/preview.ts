/** The job `preview`: what a ticket that stands before a gate would change, with nothing committed (rule F2). */

import type { ApplicationReference } from '../../../lib/api';
import { blobId } from '../../git';
import type { Preview, PreviewedApplication, PreviewJob } from '../../journey';
import { fileChanges, treesOf, type FileChange } from './difference';
import { placeOf, readHeads } from '../jobs/heads';
import { failedBy, findGood, shownFiles, workOut, type Tools } from './prepare';

type Foreseeable = Pick<PreviewJob, 'applications' | 'changes'>;

/** What one application would show. */
export interface Foreseen {
  readonly outcome: 'Foreseen';
  readonly reference: ApplicationReference;
  /** Path -> blob id of what its branch shows, where that is ours to replace or remove. */
  readonly shown: Readonly<Record<string, string>>;
  /** Path -> blob id of what it would show. */
  readonly files: Readonly<Record<string, string>>;
  readonly changes: readonly FileChange[];
  /** The files themselves. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

type Failed = Extract<PreviewedApplication, { outcome: 'Failed' }>;

/** Every application of a station with the changes put on its good state. */
export async function foresee(tools: Tools, job: Foreseeable, signal: AbortSignal): Promise<(Foreseen | Failed)[]> {
  const places = job.applications.map(({ reference }) => ({ repoURL: reference.repoURL, branch: reference.branch }));
  const heads = await readHeads(tools.git, places, signal);
  return Promise.all(
    job.applications.map(async (application): Promise<Foreseen | Failed> => {
      const { reference } = application;
      try {
        const found = await findGood(tools.git, application, heads.get(placeOf(reference)));
        const { composition, parent, managed } = await workOut(tools, application, found, job.changes, signal);
        const files = Object.fromEntries([...composition.files].map(([path, bytes]) => [path, blobId(bytes)]));
        const shown = shownFiles(parent, managed, files);
        const changes = fileChanges(shown, files);
        return { outcome: 'Foreseen', reference, shown, files, changes, contents: composition.files };
      } catch (error) {
        return failedBy(error, reference);
      }
    }),
  );
}

export async function preview(tools: Tools, job: Foreseeable, signal: AbortSignal): Promise<Preview> {
  const foreseen = await foresee(tools, job, signal);
  return foreseen.map((one): PreviewedApplication => {
    if (one.outcome === 'Failed') return one;
    return { outcome: 'Trees', reference: one.reference, trees: treesOf(one.shown, one.files) };
  });
}
