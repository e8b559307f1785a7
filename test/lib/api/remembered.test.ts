import { remembered } from '../../../lib/api/remembered';

test('what is asked for again is not worked out again, and stays right however many others are asked for', () => {
  const made: number[] = [];
  const double = remembered((one: number) => {
    made.push(one);
    return { twice: 2 * one };
  });
  expect(double(1)).toBe(double(1));
  expect(made).toEqual([1]);
  for (let one = 2; one < 3_000; one += 1) expect(double(one).twice).toBe(2 * one);
  expect(double(1)).toEqual({ twice: 2 });
});

test('what could not be worked out is tried again', () => {
  let isReady = false;
  const read = remembered((text: string) => {
    if (!isReady) throw new Error(`${text} cannot be read yet`);
    return text.length;
  });
  expect(() => read('four')).toThrow('four cannot be read yet');
  isReady = true;
  expect(read('four')).toBe(4);
});
