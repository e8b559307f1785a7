/**
 * The `k8sta` command: what people type, and what starts the runtime in a cluster.
 * Lives here: the commands, their words, the demo and the view. May not: decide anything about a journey.
 */

/* eslint-disable @typescript-eslint/no-require-imports --
   A command's modules are loaded when it runs, so that `--help` is there at once and a light command never pays for the
   Kubernetes client. import() from CommonJS would want file extensions. */

import { Command, CommanderError, Option } from 'commander';
import { describeError } from './errors';
import { type Describing, withCluster } from './family';
import { packageVersion } from './folder';
import { EXAMPLES } from './help';
import { describePeople } from './people/commands';
import { describeShow } from './show/commands';
import { EXIT, type ExitCode, harmless, print, type Terminal, UsageError } from './terminal';
import type * as CRDs from './crds';
import type * as Consent from './consent';
import type * as Check from './check';
import type * as Complete from './complete';
import type * as Completion from './completion';
import type * as Demo from './demo';
import type * as Diff from './ticket-diff';
import type * as Doctor from './doctor';
import type * as Init from './init';
import type * as Installation from './installation';
import type * as Layout from './layout';
import type * as NetworkMap from './map';
import type * as Publish from './publish';
import type * as Railyard from './railyard';
import type * as Render from './render';
import type * as Run from './run';
import type * as Webhooks from './webhooks';
import type * as WhyImage from './why-image';
import {
  another,
  delay,
  executable,
  factor,
  mirror,
  network,
  oneMore,
  port,
  pullSecret,
  renderCommand,
  seconds,
  wholeSeconds,
} from './values';

const RENDER_COMMAND =
  'a program that Applications may name as renderer, or the one to run for helm, ytt or kustomize; may be repeated';
const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];

/** @returns the exit code; it never throws */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const ending: { code: ExitCode } = { code: EXIT.done };
  const program = describeProgram(terminal, ending);
  if (args[0] === '__complete') return completeLine(terminal, program, args.slice(1));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return ending.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    print(terminal.err, `k8sta: ${harmless(describeError(error))}`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

/** The program with every command; nothing is run. */
/** What a shell asks; it does nothing that the line would do. */
function completeLine(terminal: Terminal, program: Command, words: readonly string[]): Promise<ExitCode> {
  const { complete } = require('./complete') as typeof Complete;
  const forKubectl = words[0] === '--for-kubectl';
  return complete(terminal, program, forKubectl ? words.slice(1) : words, { forKubectl });
}

export function describeProgram(terminal: Terminal, ending: { code: ExitCode }): Command {
  const ends = async (result: Promise<ExitCode>): Promise<void> => {
    ending.code = await result;
  };
  const program = new Command(terminal.name ?? 'k8sta')
    .description('The Kubernetes Transit Authority: carries changes from station to station on top of Argo CD.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      writeErr: (text) => void terminal.err.write(text),
      getOutHelpWidth: () => terminal.out.columns ?? 100,
      getErrHelpWidth: () => terminal.err.columns ?? 100,
    })
    .showHelpAfterError('(add --help to see what can be said)')
    .exitOverride();

  const command = (parent: Command, name: string, description: string): Command =>
    parent
      .command(name)
      .description(description)
      .addHelpText('after', EXAMPLES[name.split(' ')[0] ?? ''] ?? '');
  program.addHelpText('after', EXAMPLES.k8sta ?? '');
  const describing: Describing = { program, terminal, command, ends };

  describeShow(describing);
  describePeople(describing);

  withRenderer(withCluster(command(program, 'run', 'run the runtime against a cluster')))
    .option('--folder <folder>', 'caches, lost without harm (default: a temporary folder)')
    .option('--registry-mirror <host=url>', 'ask this address instead of that registry; may be repeated', mirror)
    .option('--registry-network <cidr>', 'registries may be here, such as on this machine; may be repeated', network)
    .option('--watch-namespace <name>', 'look at Tracks of this namespace only; may be repeated', another)
    .option('--argocd-namespace <name>', 'look at Applications of this namespace only; may be repeated', another)
    .option('--credentials-namespace <name>', "namespace of labelled credentials (default: the context's)")
    .option('--shard <selector>', 'carry the Tracks that this label selector means; others are left to other runtimes')
    .option('--credential <name>', 'read this labelled Secret and no other; may be repeated', another)
    .option('--port <port>', 'answer /livez, /readyz and /metrics here (default: 8080 in a cluster)', port)
    .option('--webhook-port <port>', 'take webhooks here (default: none are taken); see k8sta webhooks', port)
    .option('--dashboard-port <port>', 'serve the dashboard here (default: none is served)', port)
    .option('--dashboard-address <address>', 'the dashboard on this address only (default: what --address says)')
    .option('--address <address>', 'on this address only (default: all)')
    .option('--settle <seconds>', "how long Argo CD's word must stand before it counts", delay, 5)
    .option('--leader-elect', 'of several runtimes one works, the others stand by (default: in a cluster)')
    .option('--no-leader-elect', 'work alone')
    .option('--lease-namespace <name>', "namespace of the Lease (default: the context's)")
    .option('--lease-name <name>', 'name of the Lease (default: k8sta, or one of its own for each shard)')
    .option('--lease-duration <seconds>', 'how long a leader that died is waited for', wholeSeconds, 15)
    .addOption(new Option('--log-level <level>', 'what to log on stderr').choices(LEVELS).default('info'))
    .action((options: Run.RunOptions) => {
      const { runRuntime } = require('./run') as typeof Run;
      return ends(runRuntime(terminal, options));
    });

  command(program, 'crds', 'print the CustomResourceDefinitions').action(() => {
    const { printCRDs } = require('./crds') as typeof CRDs;
    return ends(printCRDs(terminal));
  });

  command(program, 'manifests', 'print everything that the runtime needs in a cluster')
    .requiredOption('--image <image>', 'container image of the runtime, with a tag or digest')
    .option('--namespace <name>', 'namespace that is made for the runtime and its credentials (default: k8sta-system)')
    .option('--name <name>', "name of what is the runtime's own (default: k8sta)")
    .option('--no-definitions', 'leave out what a cluster has once: definitions, admission policies, roles for people')
    .option('--watch-namespace <name>', 'namespace of Tracks; may be repeated (default: all)', another)
    .option('--argocd-namespace <name>', 'namespace of Applications; may be repeated (default: argocd)', another)
    .option(
      '--credential <name>',
      'labelled Secret that it may read; may be repeated (default: all of --namespace)',
      another,
    )
    .option('--webhooks', 'take webhooks at port 8081 of its Service; see k8sta webhooks')
    .option('--monitoring', 'bring a PodMonitor, alert rules and a dashboard, for the Prometheus Operator and Grafana')
    .option('--dashboard', 'serve the dashboard at port 8082 of its Service')
    .option('--pull-secret <namespace/name>', 'pull secret of a subscription; may be repeated', pullSecret)
    .option('--registry-mirror <host=url>', 'ask this address instead of that registry; may be repeated', mirror)
    .option(
      '--registry-network <cidr>',
      'registries may be here, such as on private addresses; may be repeated',
      network,
    )
    .option('--render-command <name=file>', RENDER_COMMAND, renderCommand)
    .addOption(new Option('--log-level <level>', 'what the runtime logs').choices(LEVELS))
    .action((options: Installation.InstallationOptions) => {
      const { printInstallation } = require('./installation') as typeof Installation;
      return ends(printInstallation(terminal, options));
    });

  command(program, 'init [folder]', 'begin a new project: a network in TypeScript, with its test')
    .option('--name <name>', "name of the project and of its namespace (default: the folder's)")
    .option('--image <repository>', 'image whose new versions ride (default: one to be changed)')
    .option('--repository <url>', 'source repository (default: one to be changed)')
    .option(
      '--package <version or file>',
      'where npm finds k8sta, as a file that npm pack made (default: this version)',
    )
    .action((folder: string | undefined, options: Init.InitOptions) => {
      const { init } = require('./init') as typeof Init;
      return ends(init(terminal, { ...options, folder }));
    });

  command(program, 'layout [dist]', 'create the missing folders of the source repositories')
    .requiredOption('--into <folder>', 'where they are created')
    .action((dist: string | undefined, options: Layout.LayoutOptions) => {
      const { layOut } = require('./layout') as typeof Layout;
      return ends(layOut(terminal, { ...options, dist }));
    });

  withCluster(command(program, 'check [dist]', 'check a network: cycles, collisions, dangling references'))
    .option('--cluster', 'check what the cluster has, not what synth wrote')
    .action((dist: string | undefined, options: Check.CheckOptions) => {
      const { check } = require('./check') as typeof Check;
      return ends(check(terminal, { ...options, dist }));
    });

  withCluster(command(program, 'map [dist]', 'draw a network: its stations, tracks and junctions'))
    .option('--cluster', 'draw what the cluster has, not what synth wrote')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'svg']).default('text'))
    .addOption(
      new Option('--direction <direction>', 'where lines of an SVG run').choices(['right', 'down']).default('right'),
    )
    .action((dist: string | undefined, options: NetworkMap.MapOptions) => {
      const { printMap } = require('./map') as typeof NetworkMap;
      return ends(printMap(terminal, { ...options, dist }));
    });

  withRenderer(
    withCluster(
      command(program, 'diff <name>', 'show what a ticket, or an image at a station, would change, file by file'),
    ),
  )
    .option('-n, --namespace <name>', "its namespace (default: the context's)")
    .option('--image <name=tag>', 'what would the station <name> show with this image? may be repeated', oneMore)
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['patch', 'json']).default('patch'))
    .action((name: string, options: Omit<Diff.DiffOptions, 'name'>) => {
      const { printDiff } = require('./ticket-diff') as typeof Diff;
      return ends(printDiff(terminal, { ...options, name }));
    });

  command(program, 'consent [dist]', 'print the lines that let Stations drive existing Applications').action(
    (dist: string | undefined) => {
      const { printConsent } = require('./consent') as typeof Consent;
      return ends(printConsent(terminal, { dist }));
    },
  );

  withCluster(command(program, 'webhooks', 'print the addresses of webhooks, and how their senders are set up'))
    .option('-n, --namespace <name>', "namespace of the runtime's Secrets (default: the context's)")
    .option('--url <url>', 'address at which senders reach the runtime')
    .action((options: Webhooks.WebhooksOptions) => {
      const { printWebhooks } = require('./webhooks') as typeof Webhooks;
      return ends(printWebhooks(terminal, options));
    });

  withCluster(command(program, 'why-image [image]', 'tell which version of an image is chosen, and why not another'))
    .option('--track <name>', 'as a subscription of this Track chooses')
    .option('--subscription <name>', 'that subscription (default: the only one to images)')
    .option('-n, --namespace <name>', "namespace of the Track (default: the context's)")
    .option('--semver <range>', 'the highest version in a range (default: the highest of all)')
    .option('--prereleases', 'with --semver: pre-releases count')
    .option('--newest', 'the newest build')
    .option('--by-name', 'the last tag in byte order')
    .option('--digest <tag>', 'what this moving tag points to')
    .option('--allow-tags <re2>', 'expression that a tag must match')
    .option('--ignore-tags <re2>', 'expression of tags to leave out')
    .option('--platform <os/architecture>', 'platform that the image must offer')
    .option('--credentials-namespace <name>', "namespace of the runtime's labelled credentials, to be used as well")
    .option('--registry-mirror <host=url>', 'ask this address instead of that registry; may be repeated', mirror)
    .option('--registry-network <cidr>', 'registries may be here, such as on this machine; may be repeated', network)
    .option('--all', 'tell of every tag')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .action((image: string | undefined, options: WhyImage.WhyImageOptions) => {
      const { whyImage } = require('./why-image') as typeof WhyImage;
      return ends(whyImage(terminal, { ...options, image }));
    });

  withRenderer(command(program, 'render <overlay>', 'print what the runtime would make of the files that lie here'))
    .option('--source <folder>', 'work tree of the source repository', '.')
    .option('--folder <folder>', 'folder that the repository is seen from (default: its root)', '')
    .option('--image <name=tag>', 'with this image; may be repeated', oneMore)
    .addOption(
      new Option('--renderer <name>', 'how (default: by convention)').choices(['kustomize', 'helm', 'ytt', 'yaml']),
    )
    .option('--name <name>', 'of the Application, and of a Helm release (default: the overlay)')
    .option('-n, --namespace <name>', 'of objects that name none (default: as they are; helm: the name)')
    .option('--into <folder>', 'write the files of the branch into this new folder instead')
    .action((overlay: string, options: Omit<Render.RenderOptions, 'overlay'>) => {
      const { render } = require('./render') as typeof Render;
      return ends(render(terminal, { ...options, overlay }));
    });

  withCluster(command(program, 'doctor', 'say what is missing on this machine or in this cluster, and how to get it'))
    .option('--runtime-namespace <name>', 'namespace of the runtime', 'k8sta-system')
    .option('--no-cluster', 'look at this machine only')
    .action((options: Doctor.DoctorOptions) => {
      const { doctor } = require('./doctor') as typeof Doctor;
      return ends(doctor(terminal, options));
    });

  command(program, 'completion <shell>', 'print what completes command lines in bash, zsh or fish').action(
    (shell: string) => {
      const { printCompletion } = require('./completion') as typeof Completion;
      return ends(printCompletion(terminal, shell));
    },
  );

  const railyard = withPorts(
    command(program, 'railyard', 'start the railyard alone: Kubernetes API, Argo CD stand-in, Git server, registry'),
  ).action((options: Railyard.RailyardOptions) => {
    const { keepRailyard } = require('./railyard') as typeof Railyard;
    return ends(keepRailyard(terminal, options));
  });

  command(railyard, 'publish <image>', 'publish an image to the running railyard')
    .option('--folder <folder>', 'folder of the railyard (default: the one that is running)')
    .option('--registry <url>', 'address of its registry')
    .action((image: string, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<Omit<Publish.PublishOptions, 'image'>>();
      const { publish } = require('./publish') as typeof Publish;
      return ends(publish(terminal, { ...options, image }));
    });

  withPorts(command(program, 'demo', 'watch a change ride from test to prod, with everything on this machine'))
    .option('--once', 'end when the first ticket has completed and its record is right')
    .option('--keep', 'keep the temporary folder at the end')
    .option('--dashboard-port <port>', 'port of the dashboard (default: a free one; with --once none is served)', port)
    .option('--timeout <seconds>', 'with --once: give up after this long', seconds, 60)
    .addOption(new Option('--log-level <level>', 'what the runtime logs on stderr').choices(LEVELS).default('error'))
    .action((options: Demo.DemoOptions) => {
      const { demo } = require('./demo') as typeof Demo;
      return ends(demo(terminal, options));
    });

  return program;
}

function withRenderer(command: Command): Command {
  return command
    .option(
      '--kustomize-shim <file>',
      'native renderer of kustomize (default: the one installed with this command; without one, WebAssembly)',
      executable,
    )
    .option('--render-command <name=file>', RENDER_COMMAND, renderCommand);
}

function withPorts(command: Command): Command {
  return command
    .option('--folder <folder>', 'state; goes on where it stood (default: a temporary folder)')
    .option('--kubernetes-port <port>', 'port of the Kubernetes API (default: a free one)', port)
    .option('--git-port <port>', 'port of the Git server (default: a free one)', port)
    .option('--registry-port <port>', 'port of the image registry (default: a free one)', port)
    .option('--latency-scale <factor>', "factor on the stand-in's latencies; 1 is as slow as Argo CD", factor);
}
