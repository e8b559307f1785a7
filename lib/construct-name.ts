import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { nameFromPath } from './network/name';

/** The name that the path of a child below its Chart comes to (rule L2). */
export function nameBelowChart(scope: Construct, id: string): string {
  const scopes = scope.node.scopes;
  const chart = scopes.indexOf(Chart.of(scope));
  return nameFromPath([...scopes.slice(chart + 1).map((each) => each.node.id), id]);
}
