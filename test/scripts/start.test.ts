import { eventually } from '../waiting';
import { Repository } from './repository';

const COMMAND = `
const [verb, ...rest] = process.argv.slice(2);
if (rest[0] === '--fail') process.exitCode = 7;
if (rest[0] === '--stay') {
  const stay = setInterval(() => undefined, 1000);
  process.once('SIGINT', () => {
    console.log('clears up');
    clearInterval(stay);
    process.exitCode = 3;
  });
}
// Said last: whoever reads it may send a signal at once.
console.log('runs', verb, rest.join(' '));
`;

let repository: Repository;
beforeEach(() => {
  repository = new Repository({
    'runtime/cli/main.ts': COMMAND,
    'lib/index.ts': 'export {};\n',
    'testing/index.ts': 'export {};\n',
    'imports/a.ts': 'export {};\n',
  }).borrowPackages();
});
afterEach(() => repository.remove());

test('npm start builds, then runs the demo with the options that it was given', () => {
  expect(repository.node(['scripts/start.cjs', '--once', '--speed=2'])).toEqual({
    code: 0,
    output: 'runs demo --once --speed=2\n',
  });
});

test('the exit code is that of the demo', () => {
  expect(repository.node(['scripts/start.cjs', '--fail']).code).toBe(7);
});

test('Ctrl-C reaches the demo, which clears up before it ends', async () => {
  const start = repository.start(['scripts/start.cjs', '--stay']);
  await eventually('the demo runs', () => start.output.includes('runs demo'));
  start.signal('SIGINT');
  expect(await start.ended).toEqual({ code: 3, output: 'runs demo --stay\nclears up\n' });
});

test('a build that fails says so and starts nothing', () => {
  repository.write('runtime/cli/main.ts', 'const = 1;\n');
  const { code, output } = repository.node(['scripts/start.cjs']);
  expect(code).toBe(1);
  expect(output).toContain('k8sta: the build failed');
});
