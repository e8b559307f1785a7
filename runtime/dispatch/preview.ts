/** The job `preview`: what a ticket that stands before a gate would change, with nothing committed (rule F2). */

import { blobId } from '../git';
import type { Preview, PreviewedApplication, PreviewJob } from '../journey';
import { treesOf } from './difference';
import { placeOf, readHeads } from './heads';
import { failedBy, findGood, shownFiles, workOut, type Tools } from './prepare';

export async function preview(
  tools: Tools,
  job: Pick<PreviewJob, 'applications' | 'changes'>,
  signal: AbortSignal,
): Promise<Preview> {
  const places = job.applications.map(({ reference }) => ({ repoURL: reference.repoURL, branch: reference.branch }));
  const heads = await readHeads(tools.git, places, signal);
  return Promise.all(
    job.applications.map(async (application): Promise<PreviewedApplication> => {
      const { reference } = application;
      try {
        const found = await findGood(tools.git, application, heads.get(placeOf(reference)));
        const { composition, parent, managed } = await workOut(tools, application, found, job.changes, signal);
        const files = Object.fromEntries([...composition.files].map(([path, bytes]) => [path, blobId(bytes)]));
        const trees = treesOf(shownFiles(parent, managed, files), files);
        return { outcome: 'Trees', reference, trees };
      } catch (error) {
        return failedBy(error, reference);
      }
    }),
  );
}
