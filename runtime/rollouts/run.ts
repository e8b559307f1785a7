import { API_VERSION, KINDS, LABELS } from '../../lib/api';
import type { Draft } from '../kube';
import type { RawRun } from './project';
import { flatten, type NamedTemplate } from './template';

/** What a run is made for. */
export interface RunOrder {
  readonly namespace: string;
  readonly name: string;
  readonly args: readonly { readonly name: string; readonly value: string }[];
  /** Owner of the run: it goes with its ticket. */
  readonly ticket: { readonly name: string; readonly uid: string };
  /** Name of the Station. */
  readonly station: string;
}

/**
 * The AnalysisRun of an order.
 *
 * @returns the object to create, or what keeps it from being made
 */
export function analysisRun(
  order: RunOrder,
  templates: readonly NamedTemplate[],
): { readonly run: Draft<RawRun> } | { readonly problem: string } {
  const flat = flatten(templates);
  if ('problem' in flat) return flat;
  const known = flat.args.map((argument) => argument.name);
  const unknown = order.args.find((argument) => !known.includes(argument.name));
  if (unknown !== undefined) {
    const there = known.length === 0 ? 'no arguments' : known.join(', ');
    return { problem: `it has no argument ${unknown.name}, only ${there}: correct args of the analysis` };
  }
  const missing = flat.args.find(
    ({ name, value, valueFrom }) =>
      value === undefined && valueFrom === undefined && !order.args.some((argument) => argument.name === name),
  );
  if (missing !== undefined) return { problem: `it needs argument ${missing.name}: add it to args of the analysis` };
  const { metrics, dryRun, measurementRetention } = flat;
  const args = flat.args.map((argument) => order.args.find((given) => given.name === argument.name) ?? argument);
  const { ticket, namespace, name, station } = order;
  return {
    run: {
      metadata: {
        name,
        namespace,
        labels: { [LABELS.ticket]: ticket.uid, [LABELS.station]: station },
        ownerReferences: [{ apiVersion: API_VERSION, kind: KINDS.Ticket.kind, name: ticket.name, uid: ticket.uid }],
      },
      spec: {
        metrics,
        ...(args.length > 0 && { args }),
        ...(dryRun.length > 0 && { dryRun }),
        ...(measurementRetention.length > 0 && { measurementRetention }),
      },
    },
  };
}
