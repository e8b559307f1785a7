import { hints, nextTag, word } from '../../../../runtime/cli/demo/hints';
import { obstacles, outcomeOf } from '../../../../runtime/cli/demo/outcome';
import { Stopwatch } from '../../../../runtime/cli/demo/stopwatch';
import { at, snapshot, ticket, track } from '../view/network';

describe('the outcome of the first ride', () => {
  test('is open while the first ticket rides, whatever the others do', () => {
    const first = ticket('main-1', { phase: 'Arriving', sequence: 1 });
    const second = ticket('main-2', { phase: 'Failed', sequence: 2 });
    expect(outcomeOf(snapshot({ tickets: [second, first] }))).toEqual({ kind: 'riding' });
    expect(outcomeOf(snapshot({}))).toEqual({ kind: 'riding' });
  });

  test('is decided by the first ticket', () => {
    const first = ticket('main-1', { phase: 'Completed', sequence: 1 });
    expect(outcomeOf(snapshot({ tickets: [ticket('main-2'), first] }))).toEqual({ kind: 'completed', ticket: first });
  });

  test('passes to the ticket that took the first one along', () => {
    const first = ticket('main-1', {
      phase: 'Superseded',
      sequence: 1,
      supersededBy: { ticket: 'main-2', uid: 'uid-main-2' },
    });
    const second = ticket('main-2', { phase: 'Completed', sequence: 2 });
    expect(outcomeOf(snapshot({ tickets: [first, second] }))).toEqual({ kind: 'completed', ticket: second });
  });

  test('tells why a ticket failed', () => {
    const failed = ticket('main-1', {
      phase: 'Failed',
      sequence: 1,
      failure: { reason: 'SyncFailed', station: 'test', message: 'no such kind' },
    });
    expect(outcomeOf(snapshot({ tickets: [failed] }))).toEqual({
      kind: 'failed',
      reason: 'main-1 failed at test: SyncFailed: no such kind',
    });
  });

  test('a ride that takes too long says what it waits for, or that there is no ticket', () => {
    const waiting = { reason: 'NotSynced' as const, since: at(0), message: 'Argo CD has not looked' };
    const stuck = ticket('main-1', { phase: 'Arriving', waiting });
    const condition = {
      type: 'Ready',
      status: 'False' as const,
      reason: 'Invalid',
      message: 'no such station',
      lastTransitionTime: at(0),
    };
    const sick = { ...track(['test']), status: { conditions: [condition] } };
    expect(obstacles(snapshot({ tracks: [sick], tickets: [stuck] }))).toEqual([
      'Track main: Invalid: no such station',
      'main-1: NotSynced: Argo CD has not looked',
    ]);
    expect(obstacles(snapshot({}))).toEqual(['no ticket was made']);
  });
});

describe('the lines to paste', () => {
  const place = {
    folder: '/tmp/k8sta-demo-1',
    temporary: true,
    kubeconfigPath: '/tmp/k8sta-demo-1/kubeconfig',
    command: 'npx k8sta',
    cwd: '/home/ada/k8sta',
  };

  test('name the kubeconfig, a cache folder of their own, the last branch and the next image', () => {
    const text = hints(place, snapshot({ tickets: [ticket('main-1')] }), 'ghcr.io/acme/guestbook').join('\n');
    expect(text).toContain('export KUBECONFIG=/tmp/k8sta-demo-1/kubeconfig');
    expect(text).toContain('export KUBECACHEDIR=/tmp/k8sta-demo-1/kubectl-cache');
    expect(text).toContain('kubectl -n guestbook get tickets');
    expect(text).toContain('git clone -b env/prod https://git.example.com/guestbook.git');
    expect(text).toMatch(/cd \/home\/ada\/k8sta\n  npx k8sta railyard publish ghcr\.io\/acme\/guestbook:1\.3\.0$/);
  });

  test('name the folder of a railyard that a command could not find by itself', () => {
    const text = hints({ ...place, temporary: false }, snapshot({}), 'ghcr.io/acme/guestbook').join('\n');
    expect(text).toMatch(/publish ghcr\.io\/acme\/guestbook:1\.3\.0 --folder \/tmp\/k8sta-demo-1$/);
  });

  test('the next image is the minor version after the newest that rode', () => {
    const carrying = (name: string, tag: string) =>
      ticket(name, undefined, { change: { images: [{ repoURL: 'ghcr.io/acme/guestbook', tag }] } });
    const rode = snapshot({ tickets: [carrying('a', '1.9.0'), carrying('b', '1.10.1'), carrying('c', 'nightly')] });
    expect(nextTag(rode, 'ghcr.io/acme/guestbook')).toBe('1.11.0');
    expect(nextTag(snapshot({}), 'ghcr.io/acme/guestbook')).toBe('1.3.0');
  });

  test('a path with spaces is quoted for a shell', () => {
    expect(word("/tmp/it's here")).toBe(`'/tmp/it'\\''s here'`);
  });
});

describe('where the time went', () => {
  test('names each span with its start and length, and those that never ended', async () => {
    let now = 100;
    const watch = new Stopwatch(() => now);
    await watch.time('railyard', async () => {
      now = 600;
    });
    const synth = watch.start('synth');
    now = 2_100;
    synth();
    watch.start('ride');
    now = 3_100;
    expect(watch.report()).toEqual([
      'railyard  from  0.0 s  took  0.5 s',
      'synth     from  0.5 s  took  1.5 s',
      'ride      from  2.0 s  took 1.0 s, not finished',
      'all       from  0.0 s  took  3.0 s',
    ]);
  });

  test('a span that fails has ended too', async () => {
    let now = 0;
    const watch = new Stopwatch(() => now);
    await expect(
      watch.time('synth', async () => {
        now = 1_000;
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(watch.report()[0]).toBe('synth  from  0.0 s  took  1.0 s');
  });
});
