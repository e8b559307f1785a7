/** When somebody should look. Each alert has a section in docs/runbook.md. */

interface Alert {
  readonly name: string;
  /** PromQL; `JOB` stands for the label that tells this installation from others. */
  readonly when: string;
  readonly lasts: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly summary: string;
}

const ALERTS: readonly Alert[] = [
  {
    name: 'K8staAbsent',
    when: 'absent(k8sta_build_info{JOB})',
    lasts: '10m',
    severity: 'critical',
    summary: 'No runtime is seen: nothing moves, and nobody would say so.',
  },
  {
    name: 'K8staNobodyLeads',
    when: 'max(k8sta_leader{JOB}) == 0',
    lasts: '5m',
    severity: 'critical',
    summary: 'Runtimes are up and none does the work.',
  },
  {
    name: 'K8staTwoLead',
    when: 'sum(k8sta_leader{JOB}) > 1',
    lasts: '2m',
    severity: 'warning',
    summary: 'More than one runtime says that it does the work.',
  },
  {
    name: 'K8staQueueStands',
    when: 'max(k8sta_queue_depth{JOB,state="waiting"}) > 500',
    lasts: '15m',
    severity: 'warning',
    summary: 'Decisions wait for a worker for longer than they should.',
  },
  {
    name: 'K8staDecisionsFail',
    when: 'max(k8sta_queue_depth{JOB,state="failing"}) > 0',
    lasts: '15m',
    severity: 'warning',
    summary: 'What was decided cannot be carried out, again and again.',
  },
  {
    name: 'K8staTicketsFail',
    when: 'sum(increase(k8sta_arrival_duration_seconds_count{JOB,result="Failed"}[15m])) > 0',
    lasts: '0m',
    severity: 'info',
    summary: 'A ticket has failed at a station.',
  },
  {
    name: 'K8staUnreadable',
    when: 'max(k8sta_tickets{JOB,phase="Unreadable"}) > 0',
    lasts: '10m',
    severity: 'warning',
    summary: 'Tickets are stored that this runtime cannot read.',
  },
  {
    name: 'K8staGitFails',
    when:
      'sum(rate(k8sta_git_operation_duration_seconds_count{JOB,outcome="failure"}[10m]))' +
      ' / sum(rate(k8sta_git_operation_duration_seconds_count{JOB}[10m])) > 0.2',
    lasts: '10m',
    severity: 'warning',
    summary: 'One of five operations on repositories fails.',
  },
  {
    name: 'K8staForbidden',
    when: 'sum(rate(k8sta_api_requests_total{JOB,code=~"401|403"}[10m])) > 0',
    lasts: '10m',
    severity: 'warning',
    summary: 'The Kubernetes API refuses the runtime what it asks for.',
  },
  {
    name: 'K8staApiFails',
    when:
      'sum(rate(k8sta_api_requests_total{JOB,code=~"5..|none"}[10m]))' +
      ' / sum(rate(k8sta_api_requests_total{JOB}[10m])) > 0.2',
    lasts: '10m',
    severity: 'warning',
    summary: 'One of five requests to the Kubernetes API fails.',
  },
  {
    name: 'K8staWebhooksRefused',
    when: 'sum(rate(k8sta_webhooks_total{JOB,outcome=~"refused|unreadable"}[15m])) > 0.1',
    lasts: '15m',
    severity: 'info',
    summary: 'Webhooks come in that are not from whom they say, or that cannot be read.',
  },
  {
    name: 'K8staNotificationsFail',
    when: 'sum(increase(k8sta_notifications_total{JOB,outcome="failure"}[15m])) > 5',
    lasts: '0m',
    severity: 'warning',
    summary: 'Somebody who should be told is not reached.',
  },
];

export interface AlertOptions {
  /** Value of the label `job`. */
  readonly job: string;
  readonly runbookURL: string | undefined;
}

/** The groups of a PrometheusRule. */
export function alertGroups({ job, runbookURL }: AlertOptions): object[] {
  const rules = ALERTS.map(({ name, when, lasts, severity, summary }) => {
    const anchor = name.toLowerCase();
    const runbook =
      runbookURL === undefined ? { runbook: `docs/runbook.md#${anchor}` } : { runbook_url: `${runbookURL}#${anchor}` };
    return {
      alert: name,
      expr: when.replaceAll('JOB', `job="${job}"`),
      for: lasts,
      labels: { severity },
      annotations: { summary, ...runbook },
    };
  });
  return [{ name: 'k8sta', rules }];
}
