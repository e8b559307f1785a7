/** The job `analyse`: a run of Argo Rollouts is made, or the one of that name is adopted (rules F5, L10). */

import { messageOf } from '../../errors';
import type { AnalyseJob } from '../../journey';
import { AlreadyExistsError, type Cluster } from '../../kube';
import {
  ANALYSIS_RUNS,
  ANALYSIS_TEMPLATES,
  analysisRun,
  CLUSTER_ANALYSIS_TEMPLATES,
  type NamedTemplate,
  type TemplateReference,
} from '../../rollouts';
import { Unavailable } from '../jobs/job-board';
import type { World } from '../caches/world';

/** Templates that one analysis is put together from at most. */
const MOST_TEMPLATES = 50;

export async function analyse(cluster: Cluster, world: World, job: AnalyseJob): Promise<'Started'> {
  try {
    await world.analyses.follow();
    const { namespace, name } = job;
    const templates = await readTemplates(cluster, namespace, {
      templateName: job.template,
      clusterScope: job.clusterScope,
    });
    const made = analysisRun(job, templates);
    if ('problem' in made) throw new Unavailable('Analysis', `${templates[0]?.title ?? job.template}: ${made.problem}`);
    const runs = cluster.objects(ANALYSIS_RUNS);
    try {
      world.observe(await runs.create(made.run));
    } catch (error) {
      if (!(error instanceof AlreadyExistsError)) throw error;
      const present = await runs.get({ namespace, name });
      if (present !== undefined) world.observe(present);
    }
    return 'Started';
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    throw new Unavailable('Analysis', messageOf(error), { cause: error });
  }
}

/** A template and those that it takes in, itself first. */
async function readTemplates(cluster: Cluster, namespace: string, root: TemplateReference): Promise<NamedTemplate[]> {
  const found = new Map<string, NamedTemplate>();
  const ahead = [root];
  for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
    const { templateName: name = '', clusterScope = false } = next;
    const title = clusterScope ? `ClusterAnalysisTemplate ${name}` : `AnalysisTemplate ${namespace}/${name}`;
    if (found.has(title)) continue;
    if (found.size >= MOST_TEMPLATES) {
      throw new Unavailable('Analysis', `it is put together from more than ${MOST_TEMPLATES} templates`);
    }
    const template = clusterScope
      ? await cluster.objects(CLUSTER_ANALYSIS_TEMPLATES).get({ name })
      : await cluster.objects(ANALYSIS_TEMPLATES).get({ namespace, name });
    if (template === undefined) throw new Unavailable('Analysis', `${title} does not exist: create it`);
    found.set(title, { title, template });
    ahead.push(...(template.spec?.templates ?? []));
  }
  return [...found.values()];
}
