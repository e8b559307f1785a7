/** Examples of the commands that show, as `--help` shows them. */

export const SHOW_EXAMPLES: Readonly<Record<string, string>> = {
  status: `
Examples:
  k8sta status                                the lines of the context's namespace
  k8sta status main -n guestbook --watch
  k8sta status -A`,
  get: `
Examples:
  k8sta get tickets -A
  k8sta get stations -o wide
  k8sta get station prod -o yaml
  k8sta get tickets --watch`,
  tickets: `
Examples:
  k8sta tickets                               in the order in which they boarded
  k8sta tickets --station prod -o wide        with what each waits for
  k8sta tickets --track main --ended -o name`,
  describe: `
Examples:
  k8sta describe main-7                       a ticket: its way, what it waits for, what it would change
  k8sta describe station/prod                 what it shows, since when, by which commits
  k8sta describe track main                   what its subscriptions saw and chose`,
  history: `
Examples:
  k8sta history prod                          the newest first; any of them can be rolled back to
  k8sta history prod -o json

Commits that are older than this list are in Git, each with its ticket and who approved it.`,
  why: `
Examples:
  k8sta why main-7                            in the words of the decision, with what would end the wait
  k8sta why main-7 -o json`,
};
