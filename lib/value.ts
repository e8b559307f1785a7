import type { AnalysisArgument } from './api';
import type { GitRepository } from './git-repository';
import { imageRepository } from './image-repository';

/** A value that an analysis gets from the ticket, or from the station's rendered state where the change lacks it (rule L10). */
export class Value {
  /** Tag of an image. */
  static imageTag(repository: string): Value {
    return new Value({ imageTag: imageRepository(repository) });
  }

  /** Digest of an image. */
  static imageDigest(repository: string): Value {
    return new Value({ imageDigest: imageRepository(repository) });
  }

  /** Source commit of a repository. */
  static sourceCommit(repository: GitRepository): Value {
    return new Value({ sourceCommit: repository.url });
  }

  /** Name of the ticket. */
  static ticket(): Value {
    return new Value({ ticket: {} });
  }

  /** Name of the station. */
  static station(): Value {
    return new Value({ station: {} });
  }

  private constructor(
    /** As the Station's resource says it. */
    readonly valueFrom: NonNullable<AnalysisArgument['valueFrom']>,
  ) {}
}
