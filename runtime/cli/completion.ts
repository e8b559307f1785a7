/** `k8sta completion`: what a shell asks after each Tab. The shells know nothing: they ask `k8sta __complete`. */

import { EXIT, type ExitCode, print, type Terminal, UsageError } from './terminal';

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash: source <(k8sta completion bash)
_k8sta() {
  local IFS=$'\\n'
  COMPREPLY=($(k8sta __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _k8sta k8sta`,
  zsh: `#compdef k8sta
# zsh: source <(k8sta completion zsh)
_k8sta() {
  local -a said
  local line
  for line in "\${(@f)$(k8sta __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    said+=("\${line/$'\\t'/:}")
  done
  (( \${#said} )) && _describe k8sta said || _files
}
compdef _k8sta k8sta`,
  fish: `# fish: k8sta completion fish | source
function __k8sta_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l said (k8sta __complete $words[2..-1] 2>/dev/null)
    if set -q said[1]
        printf '%s\\n' $said
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c k8sta -f -a '(__k8sta_complete)'`,
};

/** @throws UsageError where the shell is none of these */
export async function printCompletion(terminal: Terminal, shell: string): Promise<ExitCode> {
  const script = SCRIPTS[shell];
  if (script === undefined) throw new UsageError(`there is no completion for '${shell}': say bash, zsh or fish`);
  print(terminal.out, script);
  return Promise.resolve(EXIT.done);
}
