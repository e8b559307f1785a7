import { Environment, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import { re2 } from './structural';

/** A compiled CEL expression over `self` and `oldSelf`. */
export interface Expression {
  readonly usesOldSelf: boolean;
  /** @throws whatever goes wrong in the evaluation, such as a missing key */
  evaluate(variables: { self: unknown; oldSelf?: unknown }): unknown;
}

type Comparable = bigint | number | string;

function sorted(list: readonly Comparable[]): boolean {
  return list.every((item, position) => position === 0 || (list[position - 1] ?? item) <= item);
}

/** CEL with the functions that Kubernetes adds. What is missing here is refused when a CRD that uses it is stored. */
function kubernetesEnvironment(): Environment {
  return new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
    .registerVariable('self', 'dyn')
    .registerVariable('oldSelf', 'dyn')
    .registerFunction('matches(string, string): bool', (text: string, pattern: string) => re2(pattern).test(text))
    .registerFunction('string.matchesRE2(string): bool', (text: string, pattern: string) => re2(pattern).test(text))
    .registerFunction('string.find(string): string', (text: string, pattern: string) => {
      const matcher = re2(pattern).matcher(text);
      return matcher.find() ? (matcher.group() ?? '') : '';
    })
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => {
      const matcher = re2(pattern).matcher(text);
      const found: string[] = [];
      while (matcher.find()) found.push(matcher.group() ?? '');
      return found;
    })
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction('string.charAt(int): string', (text: string, at: bigint) => [...text][Number(at)] ?? '')
    .registerFunction('isURL(string): bool', (text: string) => URL.canParse(text))
    .registerFunction('list<dyn>.isSorted(): bool', (list: readonly Comparable[]) => sorted(list))
    .registerFunction('list<dyn>.indexOf(dyn): int', (list: readonly unknown[], item: unknown) =>
      BigInt(list.indexOf(item)),
    )
    .registerFunction('list<dyn>.lastIndexOf(dyn): int', (list: readonly unknown[], item: unknown) =>
      BigInt(list.lastIndexOf(item)),
    );
}

const environment = kubernetesEnvironment();
const compiled = new Map<string, Expression>();

/**
 * Compiles an expression once.
 *
 * @throws Error in words when it does not parse or does not type-check
 */
export function expressionOf(source: string): Expression {
  let expression = compiled.get(source);
  if (!expression) compiled.set(source, (expression = compile(source)));
  return expression;
}

/** An optional as CEL sees it, for rules with `optionalOldSelf`. */
export function optionalOf(value: unknown): unknown {
  const source = value === undefined ? 'optional.none()' : 'optional.of(self)';
  return environment.parse(source)({ self: value, oldSelf: undefined });
}

function compile(source: string): Expression {
  const ast = environment.parse(source).ast;
  const run: ParseResult = environment.parse(withLinearMatches(source, ast));
  const checked = run.check();
  if (!checked.valid) throw new Error(checked.error?.summary ?? `${source} does not type-check`);
  let usesOldSelf = false;
  visit(ast, (node) => {
    usesOldSelf ||= node.op === 'id' && node.args === 'oldSelf';
  });
  return { usesOldSelf, evaluate: (variables): unknown => run(variables) as unknown };
}

/**
 * The library's `matches` is JavaScript's backtracking RegExp: another dialect than Kubernetes', and one hostile pattern
 * would stop the process. Calls are therefore rewritten, by the positions in the parsed expression, to the RE2 function.
 */
function withLinearMatches(source: string, ast: ASTNode): string {
  const positions: number[] = [];
  visit(ast, (node) => {
    if (node.op !== 'rcall' || node.args[0] !== 'matches') return;
    const [, receiver, [pattern]] = node.args;
    if (!pattern) return;
    const between = source.slice(receiver.end, pattern.start);
    const offset = between.lastIndexOf('matches');
    if (offset >= 0) positions.push(receiver.end + offset);
  });
  let text = source;
  for (const position of positions.sort((left, right) => right - left)) {
    text = `${text.slice(0, position)}matchesRE2${text.slice(position + 'matches'.length)}`;
  }
  return text;
}

function visit(node: ASTNode, look: (node: ASTNode) => void): void {
  look(node);
  const descend = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(descend);
    else if (isNode(part)) visit(part, look);
  };
  descend(node.args);
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}
