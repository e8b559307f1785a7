/** The pages of what teams import, from the docstrings of the sources. They are read, not compiled: signatures stand as written. */

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { code, fenced, page, table } from './markdown';

const ROOT = resolve(__dirname, '../..');

interface Entry {
  readonly name: string;
  readonly file: string;
  readonly words: string;
}

/** The entries of the package that have constructs and functions for people. */
const ENTRIES: readonly Entry[] = [
  { name: 'k8sta', file: 'lib/index.ts', words: 'What describes a network.' },
  { name: 'k8sta/testing', file: 'testing/index.ts', words: 'What rides a network in a unit test.' },
  { name: 'k8sta/install', file: 'lib/install/index.ts', words: 'What installs the runtime.' },
];

export function constructsPage(): string {
  return page('Constructs', [
    ...ENTRIES.flatMap(({ name, file, words }) => [`## ${name}`, '', words, '', ...exportsOf(file).flatMap(section)]),
  ]);
}

type Documented = ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.FunctionDeclaration;

function parse(file: string): ts.SourceFile {
  const path = join(ROOT, file);
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** What an entry lets out of files of its own, in its order; what comes from other packages is for their pages. */
function exportsOf(entry: string): Documented[] {
  return parse(entry).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) return [];
    const from = statement.moduleSpecifier;
    if (!ts.isNamedExports(statement.exportClause) || from === undefined || !ts.isStringLiteral(from)) return [];
    if (!from.text.startsWith('.')) return [];
    const place = join(entry, '..', from.text);
    const file = existsSync(join(ROOT, `${place}.ts`)) ? `${place}.ts` : join(place, 'index.ts');
    const source = parse(file);
    return statement.exportClause.elements.map(({ name }) => declaration(source, name.text, file));
  });
}

function declaration(source: ts.SourceFile, name: string, file: string): Documented {
  const found = source.statements.find(
    (one): one is Documented =>
      (ts.isClassDeclaration(one) ||
        ts.isInterfaceDeclaration(one) ||
        ts.isTypeAliasDeclaration(one) ||
        ts.isFunctionDeclaration(one)) &&
      one.name?.text === name,
  );
  if (found === undefined) throw new Error(`${file} does not declare ${name}`);
  return found;
}

function section(node: Documented): string[] {
  const head = [`### ${node.name?.text ?? ''}`, '', ...words(node)];
  if (ts.isClassDeclaration(node)) return [...head, ...members(node)];
  if (ts.isInterfaceDeclaration(node)) {
    const above = (node.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => code(type.getText())));
    return [
      ...head,
      ...(above.length === 0 ? [] : [`Has also what ${above.join(', ')} has.`, '']),
      ...properties(node.members),
    ];
  }
  if (ts.isTypeAliasDeclaration(node)) return [...head, ...fenced('text', bare(node)), ''];
  return [...head, ...fenced('text', `${node.name?.text ?? ''}${signature(node)}`), ''];
}

/** A declaration without what is told about it, which stands above and in its parts. */
const bare = (node: ts.TypeAliasDeclaration): string => `type ${node.name.text} = ${node.type.getText()}`;

/** Description, parameters and errors. */
function words(node: ts.Node): string[] {
  const tags = ts.getJSDocTags(node);
  const lines = [
    descriptionOf(node),
    ...tags.flatMap((tag) => {
      const text = commentOf(tag.comment);
      if (ts.isJSDocParameterTag(tag)) return [`- ${code(tag.name.getText())}: ${text}`];
      if (tag.tagName.text === 'throws') return [`- Throws ${text}`];
      if (tag.tagName.text === 'returns') return [`- Returns ${text}`];
      return [];
    }),
  ].filter((line) => line !== '');
  return lines.length === 0 ? [] : [...lines, ''];
}

const commentOf = (comment: ts.JSDoc['comment']): string =>
  (ts.getTextOfJSDocComment(comment) ?? '').replace(/\s*\n\s*/g, ' ').trim();

function descriptionOf(node: ts.Node): string {
  const own = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return own.map(({ comment }) => commentOf(comment)).join(' ');
}

const isInternal = (node: ts.Node): boolean => ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');

const isPublic = (node: ts.ClassElement): boolean =>
  !(ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []).some(({ kind }) =>
    [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword, ts.SyntaxKind.OverrideKeyword].includes(kind),
  ) &&
  !isInternal(node) &&
  (ts.isConstructorDeclaration(node) || (node.name !== undefined && ts.isIdentifier(node.name)));

function members(node: ts.ClassDeclaration): string[] {
  const own = node.members.filter(isPublic);
  const callable = own.flatMap((member): string[] => {
    if (ts.isConstructorDeclaration(member)) {
      return [`#### ${code(`new ${node.name?.text ?? ''}${signature(member)}`)}`, '', ...words(member)];
    }
    if (!ts.isMethodDeclaration(member)) return [];
    const isStatic = (member.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
    const owner = isStatic ? `${node.name?.text ?? ''}.` : '.';
    return [`#### ${code(`${owner}${member.name.getText()}${signature(member)}`)}`, '', ...words(member)];
  });
  const fromConstructor = node.members
    .filter(ts.isConstructorDeclaration)
    .flatMap(({ parameters }) => parameters.filter((one) => ts.isParameterPropertyDeclaration(one, one.parent)))
    .filter((one) => !(one.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword))
    .filter((one) => !isInternal(one));
  const values = [
    ...fromConstructor,
    ...own.filter((one) => ts.isPropertyDeclaration(one) || ts.isGetAccessorDeclaration(one)),
  ];
  return [...callable, ...(values.length === 0 ? [] : [...fields(values), ''])];
}

type Field = ts.PropertySignature | ts.PropertyDeclaration | ts.GetAccessorDeclaration | ts.ParameterDeclaration;

function fields(list: readonly (Field | ts.ClassElement)[]): string[] {
  const rows = list.flatMap((one) => {
    const field = one as Field;
    const optional = 'questionToken' in field && field.questionToken !== undefined ? '?' : '';
    return [
      [code(`${field.name.getText()}${optional}`), code(oneLine(field.type)), defaultOf(field), descriptionOf(field)],
    ];
  });
  return table(['name', 'type', 'default', 'meaning'], rows);
}

function properties(list: ts.NodeArray<ts.TypeElement>): string[] {
  const plain = list.filter(ts.isPropertySignature).filter((one) => !isInternal(one));
  const methods = list.filter(ts.isMethodSignature);
  return [
    ...(plain.length === 0 ? [] : [...fields(plain), '']),
    ...methods.flatMap((one) => [`#### ${code(`.${one.name.getText()}${signature(one)}`)}`, '', ...words(one)]),
  ];
}

function defaultOf(node: ts.Node): string {
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === 'default');
  const text = commentOf(tag?.comment);
  return text.startsWith('- ') ? text.slice(2) : code(text);
}

function signature(node: ts.SignatureDeclaration): string {
  const parameters = node.parameters.map((one) => oneLine(one)).join(', ');
  const type = node.type === undefined ? '' : `: ${oneLine(node.type)}`;
  return `(${parameters})${type}`;
}

const oneLine = (node: ts.Node | undefined): string =>
  (node?.getText() ?? '')
    .replace(/\/\*\*.*?\*\/\s*/gs, '')
    .replace(/\s+/g, ' ')
    .replace(/, \}/g, ' }');
