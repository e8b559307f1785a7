/** Registries in memory: versions of images and charts, and what a subscription would choose among them. */

import { createHash } from 'node:crypto';
import type { Chart, Image, ImageSubscription, Subscription } from '../lib/api';
import {
  ranksAbove,
  selectChart,
  selectTag,
  siftTags,
  tagFilter,
  versionRanksAbove,
  type Look,
  type LookJob,
} from '../runtime/journey';

type ChartPlace = Pick<Chart, 'repoURL' | 'name'>;

/** An image and a chart of a registry are never at one place. */
const chartPlace = ({ repoURL, name }: ChartPlace): string => `chart ${repoURL.replace(/\/+$/, '')} ${name}`;

export const subscribesToImage = ({ images }: Subscription, repoURL: string): boolean =>
  images?.repositories.includes(repoURL) ?? false;

export const subscribesToChart = (subscription: Subscription, chart: ChartPlace): boolean =>
  subscription.chart !== undefined && chartPlace(subscription.chart) === chartPlace(chart);

/** One version as it was published last. */
interface Publication {
  readonly built: Date;
  readonly digest: string;
}

export class Published {
  /** By place, then by tag or version. */
  private readonly places = new Map<string, ReadonlyMap<string, Publication>>();
  private count = 0;

  /** Whoever builds pushes a tag, perhaps one that was there. */
  image(repoURL: string, tag: string, built: Date): void {
    this.put(repoURL, tag, built);
  }

  chart(chart: Chart, built: Date): void {
    this.put(chartPlace(chart), chart.version, built);
  }

  /** A tag of an image vanishes. */
  remove(repoURL: string, tag: string): void {
    this.places.set(repoURL, new Map([...this.at(repoURL)].filter(([one]) => one !== tag)));
  }

  /** Takes over everything that others hold. */
  become(other: Published): void {
    for (const [place, publications] of other.places) this.places.set(place, publications);
    this.count = other.count;
  }

  /** What the subscription of a job chooses now. Whoever answers here tells of everything that is published. */
  look(job: LookJob): Look {
    const { images, chart } = job.subscription;
    if (chart !== undefined) return { ...this.lookAtChart(job, chart), tells: true };
    if (images !== undefined) return { ...this.lookAtImages(job, images), tells: true };
    throw new Error(`subscription ${job.subscription.name} is of a kind that is not looked at`);
  }

  private lookAtChart({ last }: LookJob, chart: ChartPlace & { readonly semver: string }): Look {
    const { repoURL, name } = chart;
    const { tag: version, explanation: choice } = selectChart([...this.at(chartPlace(chart)).keys()], chart);
    if (version === undefined) return { newer: false, choice, problem: choice };
    const before = last?.ticketed?.chart?.version;
    const newer = before === undefined || versionRanksAbove(version, before);
    return { chart: { repoURL, name, version }, newer, choice };
  }

  private lookAtImages({ last }: LookJob, images: ImageSubscription): Look {
    const [first = '', ...others] = images.repositories;
    const publications = this.at(first);
    const tags = [...publications.keys()].filter((tag) => others.every((other) => this.at(other).has(tag)));
    const built = new Map([...publications].map(([tag, { built: at }]) => [tag, at]));
    const { tag, created, explanation: choice } = selectTag(siftTags(tags, tagFilter(images)), images, built);
    if (tag === undefined) return { newer: false, choice, problem: choice };
    const ticketed = last?.ticketed;
    const before = ticketed?.images?.find(({ repoURL }) => repoURL === first)?.tag;
    const beforeAt = ticketed?.created === undefined ? {} : { created: new Date(ticketed.created) };
    const newer =
      before === undefined || ranksAbove({ tag, ...(created && { created }) }, { tag: before, ...beforeAt }, images);
    const chosen = images.repositories.map((repoURL): Image => {
      const digest = this.at(repoURL).get(tag)?.digest;
      return { repoURL, tag, ...(digest !== undefined && { digest }) };
    });
    return { images: chosen, ...(created && { created }), newer, choice };
  }

  private at(place: string): ReadonlyMap<string, Publication> {
    return this.places.get(place) ?? new Map<string, Publication>();
  }

  private put(place: string, version: string, built: Date): void {
    this.count += 1;
    const digest = `sha256:${createHash('sha256').update(`${place} ${version} ${this.count}`).digest('hex')}`;
    this.places.set(place, new Map([...this.at(place), [version, { built, digest }]]));
  }
}
