/** Which Node a command needs. Loaded before anything else, so it imports nothing. */

/** The HTTP client below the Kubernetes client fails to load on an older one. */
const RUNTIME_NODE = [22, 19] as const;

/** Commands that read files and print; everything else talks to a cluster. */
const LIGHT_COMMANDS: readonly string[] = ['crds', 'manifests', 'init', 'layout', 'consent', 'completion', 'help'];

/**
 * Why this Node cannot run the command, or `undefined`.
 *
 * @param version like `20.20.2`
 * @param args the command line after the program's name
 */
export function nodeProblem(version: string, args: readonly string[]): string | undefined {
  if (!needsRuntime(args)) return undefined;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = RUNTIME_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return undefined;
  return (
    `k8sta ${args[0]} needs Node ${wantedMajor}.${wantedMinor} or newer, this is Node ${version}. ` +
    'Install a newer Node, or in a clone of the repository use npm start, which brings its own.'
  );
}

function needsRuntime(args: readonly string[]): boolean {
  const command = args[0];
  if (command === undefined || command.startsWith('-') || LIGHT_COMMANDS.includes(command)) return false;
  if (args.some((arg) => arg === '--help' || arg === '-h')) return false;
  if (command === 'railyard' && args.includes('publish')) return false;
  return command === 'check' || command === 'map' ? args.includes('--cluster') : true;
}
