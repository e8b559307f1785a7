/** `k8sta consent`: the words by which Applications that exist already let a Station drive them. */

import { consentLines } from '../../lib/network';
import { outputFolder, readManifests } from './manifests';
import { networkIn } from './network';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';

export async function printConsent(terminal: Terminal, { dist }: { readonly dist?: string }): Promise<ExitCode> {
  const { network, problems } = networkIn(await readManifests(outputFolder(terminal, dist)));
  const lines = consentLines(network);
  print(terminal.out, ...lines);
  if (lines.length === 0) {
    print(
      terminal.err,
      'Every Application that a Station drives comes with its consent: there is nothing to annotate.',
    );
  }
  if (problems.length === 0) return EXIT.done;
  print(terminal.err, ...problems.map(({ path, message }) => `error: ${path}: ${message}`));
  return EXIT.failed;
}
