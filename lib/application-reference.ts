import { ARGOCD, type ApplicationReference } from './api';
import type { GitRepository } from './git-repository';
import { imageRepository } from './image-repository';
import { invalidProp } from './invalid-prop';
import { folderProblem, joinFolders } from './network/git-ref';
import { labelProblem, objectNameProblem } from './network/name';
import type { Render } from './render';

/** Helm refuses longer release names. */
const RELEASE_NAME_MAX_LENGTH = 53;

/** What a Station has to know of an Application, whether it exists already or is made here. */
export interface ApplicationReferenceProps {
  /** Repository of base, overlay and rendered branch. */
  readonly repository: GitRepository;
  /** Overlay folder, seen from the repository's folder, such as `env/prod`. */
  readonly overlay: string;
  /**
   * The rendered branch.
   *
   * @default - the overlay's full path
   */
  readonly branch?: string;
  /**
   * How the source becomes manifests.
   *
   * @default - found by convention
   */
  readonly render?: Render;
  /**
   * Whether the rendered branch has one file for each object, or one for all.
   *
   * @default 'Files'
   */
  readonly layout?: 'Files' | 'SingleFile';
  /**
   * Image repositories that it is known to use, for checks and simulation.
   *
   * @default - not known
   */
  readonly images?: readonly string[];
  /**
   * Namespace of the Application.
   *
   * @default 'argocd'
   */
  readonly namespace?: string;
  /**
   * A disabled Application is skipped, on the record.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Whether to take over a branch that holds another tool's files.
   *
   * @default false
   */
  readonly adopt?: boolean;
}

/**
 * The reference with every default applied.
 *
 * @throws Error when a prop is wrong by itself; branch names are left to the checks of the whole network
 */
export function resolveReference(name: string, props: ApplicationReferenceProps): ApplicationReference {
  const { repository, overlay } = props;
  const namespace = props.namespace ?? ARGOCD.namespace;
  check('name', name, objectNameProblem(name), 'set `name` to one that Kubernetes takes');
  check('namespace', namespace, labelProblem(namespace), 'name the namespace of the Application');
  check(
    'overlay',
    overlay,
    overlay === '' ? 'is empty' : folderProblem(overlay),
    `write a folder inside the repository${repository.path === '' ? '' : `'s '${repository.path}'`}, such as 'env/prod'`,
  );
  if (props.render?.spec.helm !== undefined && name.length > RELEASE_NAME_MAX_LENGTH) {
    const problem = `has ${name.length} characters, but is the Helm release too, and at most ${RELEASE_NAME_MAX_LENGTH} fit`;
    throw invalidProp('name', name, problem, 'set a shorter `name`');
  }
  return {
    name,
    namespace,
    enabled: props.enabled ?? true,
    repoURL: repository.url,
    sourceBranch: repository.branch,
    folder: repository.path,
    overlay,
    branch: props.branch ?? joinFolders(repository.path, overlay),
    layout: props.layout ?? 'Files',
    ...(props.render !== undefined && { render: props.render.spec }),
    ...(props.images !== undefined && { images: props.images.map(imageRepository) }),
    adopt: props.adopt ?? false,
  };
}

function check(prop: string, value: string, problem: string | undefined, fix: string): void {
  if (problem !== undefined) throw invalidProp(prop, value, problem, fix);
}
