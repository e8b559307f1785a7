/** The entry of a unit test: a network, what happens to it, and the ride that comes of it. */

import type { Duration } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Change, Chart, Subscription, Track } from '../lib/api';
import type { HelmChart } from '../lib/helm-chart';
import { parseImageReference } from '../lib/network/image-reference';
import { sameRepository } from '../runtime/journey';
import { Journey } from './journey';
import { applicationKey, type AnalysisOutcome, type HealthScript } from './model';
import { resourcesOf } from './network';
import { approvedAt } from './people';
import { subscribesToChart, subscribesToImage } from './published';
import { Simulation as Engine } from './simulation';

const chartOf = ({ repositoryURL, name, version }: HelmChart): Chart => ({ repoURL: repositoryURL, name, version });

/** A ride in preparation. Each method returns this, so that a test reads as one sentence. */
export class Simulation {
  private readonly engine: Engine;

  /** @internal */
  constructor(network: IConstruct) {
    this.engine = new Engine(resourcesOf(network));
  }

  /**
   * A new version of an image boards every track that subscribes to it.
   *
   * @throws Error when the reference does not parse or names no version, or no track subscribes to its repository
   */
  image(reference: string): this {
    const { repoURL, tag, digest } = parseImageReference(reference);
    if (tag === undefined && digest === undefined)
      throw new Error(`${reference} names no version: add a tag or a digest`);
    const image = { repoURL, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
    return this.boarding(
      `image ${repoURL}`,
      (track) =>
        this.engine
          .subscriptionsOf(track)
          .some((one) => one.images?.repositories.some((each) => parseImageReference(each).repoURL === repoURL)),
      { images: [image] },
    );
  }

  /**
   * A new version of a chart boards every track that subscribes to it.
   *
   * @param chart where it is published, its name, and its new version: `HelmChart.at(address, { version })`
   * @throws Error when no track subscribes to it
   */
  chart(chart: HelmChart): this {
    const version = chartOf(chart);
    return this.boarding(
      `chart ${chart.name} of ${chart.repositoryURL}`,
      (track) => this.engine.subscriptionsOf(track).some((one) => subscribesToChart(one, version)),
      { charts: [version] },
    );
  }

  /**
   * Somebody publishes a version of an image, `ghcr.io/acme/web:1.2.3`, or of a chart. The subscriptions to it choose
   * among all that was published, by their own rules: what none of them takes boards nothing.
   *
   * @throws Error when the reference does not parse or has no tag, or no track subscribes to it
   */
  publish(version: string | HelmChart): this {
    const { engine } = this;
    const track = (is: (subscription: Subscription) => boolean): boolean =>
      [...engine.tracks.values()].some((one) => engine.subscriptionsOf(one).some(is));
    if (typeof version !== 'string') {
      const chart = chartOf(version);
      if (!track((one) => subscribesToChart(one, chart)))
        throw this.unwanted(`chart ${chart.name} of ${chart.repoURL}`);
      engine.publishChart(chart);
      return this;
    }
    const { repoURL, tag } = parseImageReference(version);
    if (tag === undefined) throw new Error(`${version} has no tag: publish one such as ${repoURL}:1.0.0`);
    if (!track((one) => subscribesToImage(one, repoURL))) throw this.unwanted(`image ${repoURL}`);
    engine.publishImage(repoURL, tag);
    return this;
  }

  /**
   * A person pushes a commit to the source branch of a repository: every track that subscribes to it looks at it. As in
   * a cluster, the first look at a network that shows nothing yet boards the head, whatever the commit touches.
   *
   * @param repoURL address of the repository
   * @param paths what the commit touches, from the root of the repository
   * @throws Error when no track subscribes to its source
   */
  push(repoURL: string, ...paths: string[]): this {
    this.assertFollowed(repoURL);
    this.engine.push(repoURL, ...paths);
    return this;
  }

  /**
   * A person releases the source as it is: the head of its branch gets a tag, and every track that subscribes to the
   * repository looks at it.
   *
   * @param repoURL address of the repository
   * @param tag such as `v1.2.0`
   * @throws Error when no track subscribes to its source
   */
  tag(repoURL: string, tag: string): this {
    this.assertFollowed(repoURL);
    this.engine.tag(repoURL, tag, this.engine.model.source.head({ repoURL }));
    return this;
  }

  /**
   * Whatever rides, put on one track by hand.
   *
   * @param track name of the Track
   */
  ticket(track: string, change: Change): this {
    return this.boarding(`track ${track}`, (candidate) => candidate.metadata.name === track, change);
  }

  /**
   * How the Applications of a station fare from now on.
   *
   * @param station name of the Station
   * @throws Error when there is no such station
   */
  health(station: string, script: HealthScript): this {
    const found = [...this.engine.stations.values()].filter((one) => one.metadata.name === station);
    if (found.length === 0) throw new Error(`there is no station ${station}: ${this.names(this.engine.stations)}`);
    for (const reference of found.flatMap((one) => one.spec.applications)) {
      this.engine.model.scripts.set(applicationKey(reference), script);
    }
    return this;
  }

  /**
   * How runs of an analysis end from now on; without a word they succeed at once.
   *
   * @param template name of the AnalysisTemplate or ClusterAnalysisTemplate
   * @param message what its metric says
   */
  analysis(template: string, phase: AnalysisOutcome['phase'], message = ''): this {
    this.engine.model.outcomes.set(template, { phase, message });
    return this;
  }

  /**
   * Lets the ride go on to where it rests, then has a person approve what every ticket that waits for it would change at
   * the station.
   *
   * @param station name of the Station
   * @param by who approves, as Kubernetes would know them
   * @throws Error when no ticket waits for an approval there
   */
  approve(station: string, by = 'somebody'): this {
    this.engine.settle();
    const { tickets, stations } = this.engine;
    const named = [...stations.values()].filter(({ metadata }) => metadata.name === station);
    const approved = approvedAt(
      tickets.values(),
      new Map(named.map((one) => [one.metadata.namespace, one])),
      station,
      by,
    );
    if (approved.length === 0) {
      const picture = new Journey([...tickets.values()]).toString() || 'no ticket rides';
      throw new Error(`no ticket waits for an approval of ${station}:\n${picture}`);
    }
    for (const ticket of approved) tickets.set(`${ticket.metadata.namespace}/${ticket.metadata.name}`, ticket);
    return this;
  }

  /**
   * Lets so much time pass, counted from where the ride is now.
   *
   * @returns the journey as it is then
   */
  async pass(time: Duration): Promise<Journey> {
    const { engine } = this;
    engine.settle(undefined, new Date(engine.now.getTime() + time.toMilliseconds()));
    return this.journey();
  }

  /** Lets the ride go on until only people or the outside can move anything. */
  async run(): Promise<Journey> {
    this.engine.settle();
    return this.journey();
  }

  private journey(): Journey {
    return new Journey([...this.engine.tickets.values()]);
  }

  private boarding(what: string, wants: (track: Track) => boolean, change: Change): this {
    const tracks = [...this.engine.tracks.values()].filter(wants);
    if (tracks.length === 0) throw this.unwanted(what);
    for (const track of tracks) this.engine.board(track, change);
    return this;
  }

  private unwanted(what: string): Error {
    return new Error(`nothing boards for ${what}; tracks are ${this.names(this.engine.tracks)}`);
  }

  private assertFollowed(repoURL: string): void {
    const isWanted = [...this.engine.tracks.values()].some((track) =>
      this.engine
        .subscriptionsOf(track)
        .some(({ source }) => source !== undefined && sameRepository(source.repoURL, repoURL)),
    );
    if (!isWanted) throw this.unwanted(`the source of ${repoURL}`);
  }

  private names(resources: ReadonlyMap<string, { readonly metadata: { readonly name: string } }>): string {
    return [...resources.values()].map((one) => one.metadata.name).join(', ') || 'none';
  }
}

/**
 * Begins a simulated ride on any construct: a Chart, an App, or a team's own construct with its tracks inside.
 *
 * @throws Error with every validation error, as `cdk8s synth` would refuse the network
 */
export function simulate(network: IConstruct): Simulation {
  return new Simulation(network);
}
