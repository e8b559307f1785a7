import { NO_COMMIT, ownershipOf, type Kinship, type Ownership } from '../../../../runtime/journey/facts/ownership';

const sha = (digit: string): string => digit.repeat(40);
const [OURS, RECORD, HEAD, OTHER] = [sha('a'), sha('b'), sha('c'), sha('d')] as const;
const kin = (commit: string, descends: boolean, touched: string[] = []): Kinship => ({ commit, descends, touched });

describe('D8: whose the head of a branch is', () => {
  const cases: [string, Parameters<typeof ownershipOf>, Ownership][] = [
    ['a branch that never existed is nobody’s', [{ head: undefined, kin: [] }, undefined, []], { whose: 'Nobody' }],
    [
      'a recorded branch that is gone was deleted',
      [{ head: undefined, kin: [] }, OURS, []],
      { whose: 'BranchDeleted' },
    ],
    [
      'a deletion that a person has said yes to leaves nobody’s branch',
      [{ head: undefined, kin: [] }, OURS, [], [NO_COMMIT]],
      { whose: 'Nobody' },
    ],
    [
      'the recorded head itself is ours',
      [{ head: OURS, kin: [kin(OURS, true)] }, OURS, []],
      { whose: 'Ours', head: OURS, by: OURS },
    ],
    [
      'a descendant that left our files alone is ours',
      [{ head: HEAD, kin: [kin(OURS, true)] }, OURS, []],
      { whose: 'Ours', head: HEAD, by: OURS },
    ],
    [
      'a descendant that changed our files is foreign, and names them',
      [{ head: HEAD, kin: [kin(OURS, true, ['a.yaml'])] }, OURS, []],
      { whose: 'ForeignCommit', head: HEAD, paths: ['a.yaml'] },
    ],
    [
      'a head that does not descend from the recorded one was rewritten',
      [{ head: HEAD, kin: [kin(OURS, false)] }, OURS, []],
      { whose: 'HistoryRewritten', head: HEAD },
    ],
    [
      'a head that a listed SHA explains is ours, although it changed files since the recorded one',
      [{ head: RECORD, kin: [kin(RECORD, true), kin(OURS, true, ['a.yaml'])] }, OURS, [RECORD]],
      { whose: 'Ours', head: RECORD, by: RECORD },
    ],
    [
      'content without any record of ours belongs to somebody else',
      [{ head: OTHER, kin: [] }, undefined, []],
      { whose: 'ForeignBranch', head: OTHER },
    ],
    [
      'a first record that did not land leaves the other’s branch to the other',
      [{ head: OTHER, kin: [kin(RECORD, false)] }, undefined, [RECORD]],
      { whose: 'ForeignBranch', head: OTHER },
    ],
    [
      'a head that a person has seen and resumed counts as ours',
      [{ head: HEAD, kin: [kin(OURS, true, ['a.yaml'])] }, OURS, [], [HEAD]],
      { whose: 'Ours', head: HEAD, by: HEAD },
    ],
    [
      'a resume for another head changes nothing',
      [{ head: HEAD, kin: [kin(OURS, true, ['a.yaml'])] }, OURS, [], [OTHER]],
      { whose: 'ForeignCommit', head: HEAD, paths: ['a.yaml'] },
    ],
  ];
  test.each(cases)('%s', (_sentence, args, expected) => {
    expect(ownershipOf(...args)).toEqual(expected);
  });
});
