/**
 * `k8sta diff`: what a ticket would change where it stands, or has changed where it arrived; or what a station would show
 * with other images. File by file.
 */

import { createTwoFilesPatch } from 'diff';
import type { Station } from '../../lib/api';
import {
  differenceOf,
  futureDifferenceOf,
  type ApplicationDifference,
  type FutureDifference,
  type TicketDifference,
} from '../dispatch';
import { openGit } from '../git';
import { silentLog } from '../log';
import { openCluster, type ClusterChoice } from './cluster';
import { imageMeant } from './image-named';
import { openFolder } from './folder';
import { ownCredential } from './own-credentials';
import { ownRenderer, type RendererChoice } from './own-renderer';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';

export interface DiffOptions extends ClusterChoice, RendererChoice {
  /** A ticket; with images, a station. */
  readonly name: string;
  readonly image?: readonly string[];
  readonly output?: 'patch' | 'json';
  readonly namespace?: string;
}

/** @throws TerminalError where there is no such ticket, or it stands nowhere yet */
export async function printDiff(terminal: Terminal, options: DiffOptions): Promise<ExitCode> {
  const cluster = openCluster(options);
  const folder = await openFolder(terminal, undefined, 'diff');
  const git = openGit({
    folder: folder.path,
    credentials: (repoURL) => ownCredential(terminal, repoURL),
    environment: terminal.env,
  });
  const renderer = ownRenderer(terminal, folder.path, options);
  try {
    const { name, image: images, namespace = cluster.namespace } = options;
    const asked = { cluster, git, renderer, namespace, log: silentLog };
    const found =
      images === undefined
        ? await differenceOf({ ...asked, ticket: name }, terminal.stop)
        : await futureDifferenceOf(
            { ...asked, station: name, images: (station) => images.map((text) => imageMeant(text, shownBy(station))) },
            terminal.stop,
          );
    if (options.output === 'json') print(terminal.out, JSON.stringify(jsonOf(found), undefined, 2));
    else for (const application of found.applications) print(terminal.out, ...patch(application));
    print(terminal.err, ...(isOfTicket(found) ? summary(found) : [future(found)]));
    return found.applications.some(({ problem }) => problem !== undefined) ? EXIT.failed : EXIT.done;
  } finally {
    await Promise.all([git.close(), renderer.close()]);
    folder.release();
  }
}

/** Repositories that a station is known to show. */
const shownBy = ({ spec, status }: Station): string[] => [
  ...spec.applications.flatMap(({ images }) => images ?? []),
  ...(status?.states ?? []).flatMap(({ images }) => (images ?? []).map((image) => image.repoURL)),
];

/** One application as a patch; its first line is a comment to whoever applies it. */
function patch({ application, repoURL, branch, files, problem }: ApplicationDifference): string[] {
  const heading = `# ${application}: branch ${branch} of ${repoURL}`;
  if (problem !== undefined) return [heading, `# ${problem}`];
  if (files.length === 0) return [heading, '# no change'];
  const patches = files.map(({ path, before, after, binary }) =>
    binary
      ? `Binary files a/${path} and b/${path} differ`
      : createTwoFilesPatch(
          before === '' ? '/dev/null' : `a/${path}`,
          after === '' ? '/dev/null' : `b/${path}`,
          before,
          after,
        )
          .replace(/^=+\n/, '')
          .trimEnd(),
  );
  return [heading, ...patches];
}

const isOfTicket = (found: TicketDifference | FutureDifference): found is TicketDifference => 'ticket' in found;

/** A ticket by its name alone: the rest of it is for `kubectl`. */
function jsonOf(found: TicketDifference | FutureDifference): object {
  return isOfTicket(found) ? { ...found, ticket: found.ticket.metadata.name } : found;
}

function future({ station, applications }: FutureDifference): string {
  const count = applications.reduce((sum, { files }) => sum + files.length, 0);
  return `${station} would show ${count} other file${count === 1 ? '' : 's'} with this, on what it shows now. Nothing was written.`;
}

/** What the patch is, and what an approval of it names. */
function summary({ ticket, station, digest, applications }: TicketDifference): string[] {
  const { name } = ticket.metadata;
  const count = applications.reduce((sum, { files }) => sum + files.length, 0);
  const files = `${count} file${count === 1 ? '' : 's'}`;
  if (ticket.status?.phase !== 'Standing') return [`${name} at ${station}: ${files}, as its commits have them.`];
  const words = `${name} would change ${files} at ${station}.`;
  const entry = ticket.status.entry?.station === station ? ticket.status.entry : undefined;
  if (digest === undefined || entry?.digest === undefined) return [words];
  if (entry.digest === digest) return [words, `This is what an approval of ${digest} says yes to.`];
  return [
    words,
    `The ticket shows ${entry.digest}, and this is ${digest}: something has changed since, or this version renders otherwise than the runtime. An approval is for what the ticket shows.`,
  ];
}
