import { IsOptional, IsString, MinLength, validateSync, ValidateNested } from 'class-validator';
import fc from 'fast-check';
import { AnswerWishesDto } from './answer-wishes.dto.js';
import { fieldsOf, fitnessOf } from './dto-rules.js';
import { RequestFrameDto } from './request-frame.dto.js';

const GOOD: Record<string, unknown> = {
  id: 'a-1',
  type: 'chat',
  provider: 'auto',
  model: 'gpt-4',
  messages: [{ role: 'user', content: 'hello' }],
  stream: true,
};

/** What a client may put anywhere: of every type, at the edges of what the rules allow. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    '',
    'x',
    'auto',
    'chat',
    'completion',
    'embedding',
    'error',
    'low',
  ),
  fc.constantFrom<unknown>(
    0,
    -1,
    1,
    2,
    2.5,
    -2,
    20,
    21,
    1e6,
    1e6 + 1,
    2 ** 53,
    NaN,
    Infinity,
    {},
    [],
    ['a'],
    [''],
    [1],
  ),
  fc.jsonValue(),
);

describe('the rules of a class as one function', () => {
  it.each([RequestFrameDto, AnswerWishesDto])('says of any $name what class-validator says', (dto) => {
    const isFit = fitnessOf<object>(dto);
    const seen = new Set<boolean>();
    const changes = fc.dictionary(fc.constantFrom(...fieldsOf(dto)), anything, { maxKeys: 3 });
    fc.assert(
      fc.property(changes, (change) => {
        const object = Object.assign(new dto(), dto === RequestFrameDto ? GOOD : {}, change);
        const errors = validateSync(object, { forbidUnknownValues: true, stopAtFirstError: true });
        seen.add(errors.length === 0);
        expect(isFit(object)).toBe(errors.length === 0);
      }),
      { numRuns: 3_000 },
    );
    expect(seen.size).toBe(2);
  });

  it('names every field that has a rule, optional ones too', () => {
    class Named {
      @IsString()
      one!: string;

      @IsOptional()
      @MinLength(2)
      two?: string;
    }
    expect([...fieldsOf(Named)].sort()).toEqual(['one', 'two']);
  });

  it('refuses a class whose rules it can not check', () => {
    class Inner {
      @IsString()
      text!: string;
    }
    class Outer {
      @ValidateNested()
      inner!: Inner;
    }
    class Listed {
      @IsString({ each: true })
      texts!: string[];
    }
    expect(() => fitnessOf(Outer)).toThrow('Outer.inner can not be checked');
    expect(() => fitnessOf(Listed)).toThrow('Listed.texts can not be checked');
  });
});
