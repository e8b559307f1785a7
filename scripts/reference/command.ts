/** The page of the command, from the very program that parses command lines. */

import type { Command } from 'commander';
import { describeProgram } from '../../runtime/cli/program';
import { EXAMPLES } from '../../runtime/cli/help';
import type { Terminal } from '../../runtime/cli/terminal';
import { code, fenced, page, table } from './markdown';

const SAID_DEFAULT = / \(default: (.*?)\)(?=;|$)/;
const nowhere = { write: () => true };
const SILENT: Terminal = { out: nowhere, err: nowhere, env: {}, cwd: '/', stop: new AbortController().signal };

/** The program as it is, for reading: nothing is run. */
export const programForReading = (): Command => describeProgram(SILENT, { code: 0 });

export function commandPage(): string {
  const program = programForReading();
  return page('The command', [
    program.description(),
    '',
    ...examples('k8sta'),
    '`-h` and `--help` print the help of every command.',
    '',
    ...program.commands.filter(({ parent }) => parent !== null).flatMap((one) => section(one, program.name())),
  ]);
}

function section(command: Command, above: string): string[] {
  const name = `${above} ${command.name()}`;
  const visible = command.createHelp();
  const options = visible.visibleOptions(command).filter((option) => option.long !== '--help');
  return [
    `## ${name}`,
    '',
    `${sentence(command.description())} \`${[name, command.usage()].join(' ')}\``,
    '',
    ...(options.length === 0
      ? []
      : [
          ...table(
            ['option', 'meaning', 'default'],
            options.map((option) => [
              code(option.flags),
              [
                sentence(option.description.replace(SAID_DEFAULT, '')),
                ...(option.argChoices ? [`One of ${option.argChoices.map(code).join(', ')}.`] : []),
                ...(option.mandatory ? ['Required.'] : []),
              ].join(' '),
              defaultOf(option),
            ]),
          ),
          '',
        ]),
    ...examples(command.name()),
    ...command.commands.flatMap((one) => section(one, name)),
  ];
}

const sentence = (text: string): string =>
  text === '' ? '' : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.:]$/.test(text) ? '' : '.'}`;

function defaultOf(option: { readonly description: string; readonly defaultValue?: unknown }): string {
  const [, said] = SAID_DEFAULT.exec(option.description) ?? [];
  if (said !== undefined) return said;
  const value = option.defaultValue;
  return typeof value === 'string' || typeof value === 'number' ? code(String(value)) : '';
}

const examples = (name: string): string[] => {
  const text = EXAMPLES[name]?.trim();
  return text === undefined ? [] : [...fenced('text', text), ''];
};
