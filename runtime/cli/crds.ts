/** `k8sta crds`: teaches a cluster our kinds. */

import { crdsYaml } from '../../lib/api/crd';
import { EXIT, type ExitCode, type Terminal } from './terminal';

export async function printCRDs(terminal: Terminal): Promise<ExitCode> {
  terminal.out.write(crdsYaml());
  return EXIT.done;
}
