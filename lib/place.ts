import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { API_VERSION } from './api';
import { nameBelowChart } from './construct-name';
import { lazily } from './lazily';
import { joinNetwork, type Contribution, type Membership } from './synth-check';

/**
 * What Track and Station have in common. The construct is the API object itself, so that `ApiObject.of(x)` is `x`, with
 * `addJsonPatch` and all; a child for it would double the tree, which cdk8s walks once for each Chart.
 */
export abstract class Place extends ApiObject {
  /** Namespace of the Chart. */
  readonly namespace?: string;
  private readonly membership: Membership;

  /**
   * @param name `metadata.name`; by default the construct path below the Chart
   */
  protected constructor(scope: Construct, id: string, kind: string, name: string | undefined) {
    let written = (): object => ({});
    super(scope, id, {
      apiVersion: API_VERSION,
      kind,
      metadata: { name: name ?? nameBelowChart(scope, id) },
      spec: lazily(() => written()),
    });
    written = () => this.written();
    this.namespace = Chart.of(this).namespace;
    this.membership = joinNetwork(this, () => this.contribution());
  }

  /** The spec as the resource says it. */
  protected abstract written(): object;

  /** What it adds to the network that is checked at synth. */
  protected abstract contribution(): Contribution;

  /** To be called by everything that changes the spec. */
  protected changed(): void {
    this.membership.changed();
  }
}
