/** Examples of the commands of people, as `--help` shows them. */

export const PEOPLE_EXAMPLES: Readonly<Record<string, string>> = {
  approve: `
Examples:
  k8sta approve main-7                        shows the diff, then asks
  k8sta approve main-7 --yes -n guestbook
  k8sta approve main-7 --digest sha256:...    in a script: these trees, or none

The approval names you, as the cluster knows you, and these very trees: should anything change, it is void. It needs the
verb approve on the Station.`,
  hold: `
Examples:
  k8sta hold main-7                           the ticket takes no further station
  k8sta hold station/prod                     no ticket but a rollback takes the station
  k8sta hold track/main                       nothing boards, and no ticket of the track moves

An arrival under way goes on. k8sta resume releases again.`,
  resume: `
Examples:
  k8sta resume main-7                         put our files on top of what somebody else wrote; take an analysis as passed
  k8sta resume station/prod                   after a rollback, or a failure that has halted it
  k8sta resume track/main

A resume ends what you see now (k8sta why main-7), and nothing that comes later.`,
  abort: `
Example:
  k8sta abort main-7

An abort cannot be taken back; k8sta retry makes a new ticket with the same change.`,
  retry: `
Example:
  k8sta retry main-7 && k8sta wait main-7-retry`,
  rollback: `
Examples:
  k8sta rollback prod                         to the good state before the present one
  k8sta history prod                          what there is to go back to
  k8sta rollback prod --to main-5

Nothing is rendered: the files of that state come back byte for byte, past gates and holds. The station is held
afterwards, so that no automation undoes it; k8sta resume station/prod lets it go on.`,
  board: `
Examples:
  k8sta board main --image guestbook=1.4.0
  k8sta board main --image ghcr.io/acme/web=1.4.0 --image ghcr.io/acme/api=2.0.1
  k8sta board main --commit $(git rev-parse HEAD)
  k8sta board main --overlay env/prod=$(git rev-parse HEAD) --express prod`,
  wait: `
Examples:
  k8sta wait main-7                           until it has completed everywhere
  k8sta wait main-7 --for departed=stage --timeout 600
  k8sta wait $(k8sta board main --image guestbook=1.4.0 -o name)

Exit codes: 0 it came so, 3 the ticket has ended otherwise, 4 the time is up; 1 and 2 as everywhere.`,
};
