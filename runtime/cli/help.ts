/** What `--help` says below the options: examples that work as they stand, and what the exit codes mean. */

import { PEOPLE_EXAMPLES } from './people/help';
import { SHOW_EXAMPLES } from './show/help';

export const EXAMPLES: Readonly<Record<string, string>> = {
  ...SHOW_EXAMPLES,
  ...PEOPLE_EXAMPLES,
  k8sta: `
Examples:
  k8sta demo                                  watch a change ride, with everything on this machine
  k8sta crds | kubectl apply --server-side -f -   teach a cluster the resources
  k8sta run --context staging                 run the runtime here, against that cluster
  k8sta init shop                             begin a project with a network of your own
  k8sta check dist && k8sta layout dist --into ../source

Exit codes:
  0  done
  1  failed, the reason is on stderr
  2  the command line makes no sense
  3, 4  of k8sta wait: it has ended otherwise, the time is up`,
  run: `
Examples:
  k8sta run                                   with KUBECONFIG, ~/.kube/config or the pod's service account
  k8sta run --kubeconfig ./kubeconfig --context kind --port 8080
  k8sta run --registry-mirror ghcr.io=http://127.0.0.1:5000

SIGTERM and Ctrl-C finish what is under way and end with 0; a second one ends at once with 1.`,
  crds: `
Example:
  k8sta crds | kubectl apply --server-side -f -`,
  manifests: `
Examples:
  k8sta manifests --image registry.example.com/k8sta:0.1.0 | kubectl apply --server-side -f -
  k8sta manifests --image … --watch-namespace shop --argocd-namespace argocd --credential git-example-com

The same as the construct TransitAuthority of k8sta/install, which needs cdk8s-plus-33 beside this package.`,
  init: `
Examples:
  k8sta init shop --image ghcr.io/acme/shop --repository https://git.example.com/shop.git
  k8sta init --package ../k8sta/k8sta-0.1.0.tgz       in this folder, with a package from a clone

What to do next is printed. A file that is there already is never overwritten.`,
  layout: `
Example:
  npx cdk8s synth && k8sta layout dist --into ../guestbook

What synth wrote is read: [dist], or the output of cdk8s.yaml. Nothing that exists is overwritten.
The rendered branches are printed; the runtime makes them.`,
  check: `
Examples:
  k8sta check                                 what cdk8s synth wrote: output of cdk8s.yaml, or dist
  k8sta check --cluster --context staging     what a cluster has

All errors are printed at once, and the command ends with 1. Warnings alone end with 0.`,
  diff: `
Examples:
  k8sta diff main-7 -n guestbook              what it would change where it stands, as a patch
  k8sta diff main-7 -n guestbook > main-7.patch
  k8sta diff prod -n guestbook --image ghcr.io/acme/guestbook=1.4.0
                                              what prod would show with that image, whatever is on its way

It reads with your own rights: tracks, stations and tickets by the kubeconfig, repositories by your Git's credentials,
charts by the logins of your docker and helm.`,
  render: `
Examples:
  k8sta render env/prod                       in the source repository
  k8sta render env/prod --image ghcr.io/acme/shop=1.4.0 | kubectl diff -f -
  k8sta render env/prod --source ../shop-source --into /tmp/prod

Committed or not, the files count as they lie there. It is the renderer of the runtime: same version, same output.
Charts are fetched with the logins of your docker and helm.`,
  doctor: `
Examples:
  k8sta doctor
  k8sta doctor --no-cluster                   what this machine lacks
  k8sta doctor --context prod --runtime-namespace k8sta-system

It ends with 1 where something is missing without which nothing works.`,
  completion: `
Examples:
  source <(k8sta completion bash)             in ~/.bashrc, to have it always
  source <(k8sta completion zsh)
  k8sta completion fish | source

Names of tickets, stations and tracks are asked of the cluster. As a plugin, kubectl k8sta completes by itself.`,
  consent: `
Example:
  k8sta consent dist | sh                     as somebody who may edit these Applications`,
  'why-image': `
Examples:
  k8sta why-image ghcr.io/acme/web --semver '^1'         what is chosen now, and what became of the other tags
  k8sta why-image ghcr.io/acme/web:1.5.0-rc.1 --semver '^1'   why not this one
  k8sta why-image --track main -n shop -o json           as the subscription of a Track chooses

The rules are the runtime's. Credentials are those of the subscription's Secret, of --credentials-namespace, and of your
docker, in this order.`,
  railyard: `
Examples:
  k8sta railyard                              in a temporary folder, removed at the end
  k8sta railyard --folder ./railyard          goes on where it stood`,
  publish: `
Examples:
  k8sta railyard publish ghcr.io/acme/guestbook:1.3.0
  k8sta railyard publish ghcr.io/acme/guestbook:1.3.0 --folder ./railyard`,
  demo: `
Examples:
  k8sta demo                                  stays up: publish more images, look around with kubectl and git
  k8sta demo --once                           ends when the first change has arrived and its record is right
  k8sta demo --folder ./railyard              goes on where it stood`,
};
