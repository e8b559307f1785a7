import type { ApplicationReference } from './api';

/** A Station of this App, or one that lives elsewhere. */
export interface IStation {
  readonly kind: 'Station';
  /** `metadata.name`. */
  readonly name: string;
  /** Namespace; absent means that of whatever refers to it. */
  readonly namespace?: string;
}

/** A Track of this App, or one that lives elsewhere. */
export interface ITrack {
  readonly kind: 'Track';
  /** `metadata.name`. */
  readonly name: string;
  /** Namespace; absent means that of whatever refers to it. */
  readonly namespace?: string;
}

/** An Argo CD Application that a Station can drive, whoever emits it. */
export interface IApplication {
  readonly kind: 'Application';
  /** `metadata.name`. */
  readonly name: string;
  /** Namespace of the Application, where Argo CD looks for it. */
  readonly namespace: string;
  /** What the Station's resource says of it, defaults applied. */
  readonly reference: ApplicationReference;
}

/** Where something lives that another repository describes. */
export interface ReferenceOptions {
  /**
   * Its namespace.
   *
   * @default - the namespace of whatever refers to it
   */
  readonly namespace?: string;
}
