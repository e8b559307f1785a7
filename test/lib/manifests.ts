/** What a test reads of synth's output. */

import { Testing, type Chart } from 'cdk8s';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: unknown;
}

/** Synthesises a chart, validations included. */
export function manifests(chart: Chart): readonly Manifest[] {
  return Testing.synth(chart) as Manifest[];
}

/** The one object of a kind and name. */
export function manifest(chart: Chart, kind: string, name: string): Manifest {
  const found = manifests(chart).filter((each) => each.kind === kind && each.metadata.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} objects are ${kind} ${name}`);
  return only;
}

/** Runs something and gives back what it wrote to stderr. */
export function stderrOf(run: () => unknown): string {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    run();
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}
