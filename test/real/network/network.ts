import { Chart, Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { Application, Gate, GitRepository, Station, Track, Value, type ApplicationReferenceProps } from 'k8sta';
import { IMAGE } from '../image';

/** One application of a station. */
export interface AppDescription {
  /** Construct id, and the end of the Application's name. */
  readonly id: string;
  /** @default `env/<station>` */
  readonly overlay?: string;
  /** @default true */
  readonly automated?: boolean;
  /** An Application that exists already: its namespace; its name is the id. @default one is made */
  readonly existingIn?: string;
  /** @default the network's */
  readonly repositoryURL?: string;
  /** @default false */
  readonly adopt?: boolean;
}

export interface StationDescription {
  readonly name: string;
  readonly applications: readonly AppDescription[];
  /** @default 60 */
  readonly degradedGraceSeconds?: number;
  /** @default 600 */
  readonly missingTimeoutSeconds?: number;
  /** @default Push */
  readonly via?: 'Push' | 'PullRequest';
  /** Source commits show on the forge that they are here. @default false */
  readonly commitStatus?: boolean;
  /** Templates of analyses at its exit, each with the argument `version`. @default none */
  readonly analyses?: readonly string[];
}

export interface NetworkDescription {
  readonly namespace: string;
  readonly repositoryURL: string;
  readonly stations: readonly StationDescription[];
}

/** One track `main` without subscriptions through stations that a test describes. */
export class Described extends Chart {
  constructor(scope: Construct, id: string, { namespace, repositoryURL, stations }: NetworkDescription) {
    super(scope, id, { namespace });
    new Track(this, 'main', {
      stations: stations.map(
        ({ name, applications, analyses = [], degradedGraceSeconds = 60, missingTimeoutSeconds = 600, ...rest }) => {
          const station = new Station(this, name, {
            ...rest,
            exit: analyses.map((template) => Gate.analysis(template, { args: { version: Value.imageTag(IMAGE) } })),
            degradedGrace: Duration.seconds(degradedGraceSeconds),
            missingTimeout: Duration.seconds(missingTimeoutSeconds),
          });
          for (const app of applications) {
            const reference: ApplicationReferenceProps = {
              repository: GitRepository.at(app.repositoryURL ?? repositoryURL),
              overlay: app.overlay ?? `env/${name}`,
              ...(app.adopt === undefined ? {} : { adopt: app.adopt }),
            };
            if (app.existingIn !== undefined) {
              station.application(Application.fromName(app.id, { ...reference, namespace: app.existingIn }));
            } else {
              station.application(app.id, { ...reference, sync: { automated: app.automated ?? true } });
            }
          }
          return station;
        },
      ),
    });
  }
}
