import { Duration } from 'cdk8s';
import { TAG_PREFIX, type ImageSelection, type SourceTags, type Subscription as SubscriptionSpec } from './api';
import type { GitRepository } from './git-repository';
import type { HelmChart } from './helm-chart';
import { imageRepository } from './image-repository';
import { invalidProp } from './invalid-prop';
import { labelProblem, nameFromPath, objectNameProblem } from './network/name';
import { tagExpression } from './network/tag-expression';
import { timeSpan } from './time-span';
import { assertVersionRange } from './version-range';

interface CommonOptions {
  /** Name of the subscription, unique in its track. */
  readonly as?: string;
  /** How often to look, where no webhook hints. */
  readonly interval?: Duration;
}

/** How the newest version is chosen: exactly one of these. */
export type ImageChoice =
  /** Highest semantic version in a range. Pre-releases count only with `prereleases`. */
  | {
      readonly semver: string;
      readonly prereleases?: boolean;
      readonly newest?: never;
      readonly name?: never;
      readonly digest?: never;
    }
  /** Newest build, by creation time. */
  | { readonly newest: true; readonly semver?: never; readonly name?: never; readonly digest?: never }
  /** Last tag in byte order. */
  | { readonly name: true; readonly semver?: never; readonly newest?: never; readonly digest?: never }
  /** What one moving tag, such as `stable`, points to. */
  | { readonly digest: string; readonly semver?: never; readonly newest?: never; readonly name?: never };

export interface ImageFilter extends CommonOptions {
  /**
   * Name of the subscription, unique in its track.
   *
   * @default - the last part of the repository; `images` for several
   */
  readonly as?: string;
  /**
   * RE2 expression that a tag must match.
   *
   * @default - every tag
   */
  readonly allowTags?: string;
  /**
   * RE2 expression of tags to leave out; wins over `allowTags`.
   *
   * @default - none
   */
  readonly ignoreTags?: string;
  /**
   * `os/architecture` that an image must offer.
   *
   * @default - any
   */
  readonly platform?: string;
  /**
   * How often to look, where no webhook hints.
   *
   * @default Duration.minutes(5)
   */
  readonly interval?: Duration;
  /**
   * Pull secret in the namespace of the track.
   *
   * @default - the runtime's own credentials
   */
  readonly secretName?: string;
}

export type ImageSubscriptionOptions = ImageChoice & ImageFilter;

/** What counts of a source: releases alone, or every commit of its branch. */
export type SourceChoice =
  /** The tag with the highest semantic version in a range, as far as its commit is on the source branch. */
  | {
      readonly semver: string;
      /** @default false */
      readonly prereleases?: boolean;
      /**
       * What a tag has before its version, such as `api/`; tags without it are not looked at.
       *
       * @default - the version alone
       */
      readonly tagPrefix?: string;
      /**
       * RE2 expression that a tag must match, seen without its prefix.
       *
       * @default - every tag
       */
      readonly allowTags?: string;
      /**
       * RE2 expression of tags to leave out, seen without their prefix; wins over `allowTags`.
       *
       * @default - none
       */
      readonly ignoreTags?: string;
    }
  /** The head of the source branch. */
  | {
      readonly semver?: never;
      readonly prereleases?: never;
      readonly tagPrefix?: never;
      readonly allowTags?: never;
      readonly ignoreTags?: never;
    };

export type SourceSubscriptionOptions = SourceChoice & SourceFilter;

export interface SourceFilter extends CommonOptions {
  /**
   * Name of the subscription, unique in its track.
   *
   * @default 'source'
   */
  readonly as?: string;
  /**
   * Globs of the paths that count.
   *
   * @default - all
   */
  readonly include?: readonly string[];
  /**
   * Globs of the paths that never count.
   *
   * @default - none
   */
  readonly exclude?: readonly string[];
  /**
   * How often to look, where no webhook hints.
   *
   * @default Duration.minutes(1)
   */
  readonly interval?: Duration;
}

export interface ChartSubscriptionOptions extends CommonOptions {
  /** Range that a version must satisfy. */
  readonly semver: string;
  /**
   * Name of the subscription, unique in its track.
   *
   * @default 'chart'
   */
  readonly as?: string;
  /**
   * How often to look.
   *
   * @default Duration.minutes(5)
   */
  readonly interval?: Duration;
  /**
   * Secret with the credential, in the namespace of the track.
   *
   * @default - the runtime's own credentials
   */
  readonly secretName?: string;
}

type TagFilters = Pick<SourceTags, 'allowTags' | 'ignoreTags'>;

const PLATFORM = /^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** What puts new changes on a track (rule L9). */
export class Subscription {
  /** New versions of one image. */
  static image(repository: string, options: ImageSubscriptionOptions): Subscription {
    const last = imageRepository(repository).split('/').slice(-1);
    return new Subscription(imagesSpec([repository], { ...options, as: options.as ?? nameFromPath(last) }));
  }

  /** New versions that each of several images has: one ticket carries all of them. */
  static images(repositories: readonly string[], options: ImageSubscriptionOptions): Subscription {
    if (repositories.length === 0) throw invalidProp('repositories', [], 'names no image', 'name at least one');
    return new Subscription(imagesSpec(repositories, { ...options, as: options.as ?? 'images' }));
  }

  /** New commits of a repository's source branch, seen from its folder; with `semver` its releases alone. */
  static source(repository: GitRepository, options: SourceSubscriptionOptions = {}): Subscription {
    return new Subscription({
      name: subscriptionName(options.as ?? 'source'),
      source: {
        repoURL: repository.url,
        branch: repository.branch,
        ...sourceTags(options),
        folder: repository.path,
        ...(options.include !== undefined && { include: globs('include', options.include) }),
        ...(options.exclude !== undefined && { exclude: globs('exclude', options.exclude) }),
        interval: timeSpan('interval', options.interval ?? Duration.minutes(1)),
      },
    });
  }

  /** New versions of a published chart. */
  static chart(chart: HelmChart, options: ChartSubscriptionOptions): Subscription {
    assertVersionRange(options.semver);
    return new Subscription({
      name: subscriptionName(options.as ?? 'chart'),
      chart: {
        repoURL: chart.repositoryURL,
        name: chart.name,
        semver: options.semver,
        interval: timeSpan('interval', options.interval ?? Duration.minutes(5)),
        ...secret(options.secretName),
      },
    });
  }

  private constructor(
    /** As the Track's resource says it, defaults applied. */
    readonly spec: SubscriptionSpec,
  ) {}

  /** Name of the subscription. */
  get name(): string {
    return this.spec.name;
  }
}

function imagesSpec(
  repositories: readonly string[],
  options: ImageSubscriptionOptions & { readonly as: string },
): SubscriptionSpec {
  if (options.platform !== undefined && !PLATFORM.test(options.platform)) {
    throw invalidProp('platform', options.platform, 'is no platform', "write one such as 'linux/amd64'");
  }
  const normalised = repositories.map(imageRepository);
  const twice = normalised.find((repository, index) => normalised.indexOf(repository) !== index);
  if (twice !== undefined) throw invalidProp('repositories', twice, 'stands there twice', 'name each image once');
  return {
    name: subscriptionName(options.as),
    images: {
      repositories: normalised,
      select: selection(options),
      ...tagFilters(options),
      ...(options.platform !== undefined && { platform: options.platform }),
      interval: timeSpan('interval', options.interval ?? Duration.minutes(5)),
      ...secret(options.secretName),
    },
  };
}

function selection(choice: ImageChoice): ImageSelection {
  const given = (['semver', 'newest', 'name', 'digest'] as const).filter((each) => choice[each] !== undefined);
  if (given.length !== 1) {
    throw invalidProp('choice', given, 'is not one way to choose', 'give exactly one of semver, newest, name, digest');
  }
  if (choice.semver !== undefined) {
    assertVersionRange(choice.semver);
    return { semver: { constraint: choice.semver, prereleases: choice.prereleases ?? false } };
  }
  if (choice.digest !== undefined) {
    if (!TAG.test(choice.digest)) throw invalidProp('digest', choice.digest, 'is no tag', "name one such as 'stable'");
    return { digest: { tag: choice.digest } };
  }
  return choice.newest === undefined ? { name: {} } : { newest: {} };
}

function sourceTags(choice: SourceChoice): { tags?: SourceTags } {
  const { semver, prereleases = false, tagPrefix, allowTags, ignoreTags } = choice;
  if (semver === undefined) {
    const stray = Object.entries({ prereleases: prereleases || undefined, tagPrefix, allowTags, ignoreTags });
    const [name, value] = stray.find(([, given]) => given !== undefined) ?? [];
    if (name === undefined) return {};
    throw invalidProp(name, value, 'is about tags, which nothing asks for', "add semver, such as '^1.0.0'");
  }
  assertVersionRange(semver);
  if (tagPrefix !== undefined && !TAG_PREFIX.test(tagPrefix))
    throw invalidProp('tagPrefix', tagPrefix, 'can begin no tag', "write one such as 'api/', or leave it out");
  return {
    tags: {
      semver: { constraint: semver, prereleases },
      ...(tagPrefix !== undefined && { prefix: tagPrefix }),
      ...tagFilters({ allowTags, ignoreTags }),
    },
  };
}

function tagFilters({ allowTags, ignoreTags }: Pick<ImageFilter, 'allowTags' | 'ignoreTags'>): TagFilters {
  return {
    ...(allowTags !== undefined && { allowTags: usable('allowTags', allowTags) }),
    ...(ignoreTags !== undefined && { ignoreTags: usable('ignoreTags', ignoreTags) }),
  };
}

function usable(prop: string, expression: string): string {
  const read = tagExpression(expression);
  if ('problem' in read) throw invalidProp(prop, expression, read.problem, "write one such as '^v?[0-9.]+$'");
  return expression;
}

function subscriptionName(name: string): string {
  const problem = labelProblem(name);
  if (problem !== undefined) throw invalidProp('as', name, problem, 'name the subscription otherwise');
  return name;
}

function secret(name: string | undefined): { secretName?: string } {
  if (name === undefined) return {};
  const problem = objectNameProblem(name);
  if (problem !== undefined)
    throw invalidProp('secretName', name, problem, 'name a Secret in the namespace of the track');
  return { secretName: name };
}

function globs(prop: string, list: readonly string[]): string[] {
  const empty = list.find((glob) => glob.trim() === '');
  if (empty !== undefined) throw invalidProp(prop, empty, 'is no glob', "write one such as 'docs/**'");
  return [...list];
}
