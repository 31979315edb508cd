import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';

/** In UTF-16 units; what a provider takes may be less. */
export const MOST_PROMPT_CHARACTERS = 10_000;
export const MOST_STYLE_CHARACTERS = 500;

/** No halves of characters (lone surrogates) and no control characters, NUL first of all; line feeds and tabs are text. */
const PROMPT = new RegExp(`^(?=[^]*\\S)(?:(?![\\p{Cc}\\p{Cs}])[^]|[\\n\\r\\t]){1,${MOST_PROMPT_CHARACTERS}}$`, 'u');
const STYLE = new RegExp(`^(?=.*\\S)[^\\p{Cc}\\p{Cs}]{1,${MOST_STYLE_CHARACTERS}}$`, 'u');

/** What is to be seen. */
export function PromptText(): PropertyDecorator {
  const rule = `must be a text of 1 to ${MOST_PROMPT_CHARACTERS} characters, not blank and without control characters`;
  return applyDecorators(
    ApiProperty({ minLength: 1, maxLength: MOST_PROMPT_CHARACTERS, example: 'A cat that plays the piano' }),
    Matches(PROMPT, { message: `$property ${rule}` }),
  );
}

/** How it is to look. */
export function StyleText(): PropertyDecorator {
  const rule = `must be a text of 1 to ${MOST_STYLE_CHARACTERS} characters, not blank and without control characters`;
  return applyDecorators(
    ApiProperty({ required: false, minLength: 1, maxLength: MOST_STYLE_CHARACTERS, example: 'film noir' }),
    IsOptional(),
    Matches(STYLE, { message: `$property ${rule}` }),
  );
}
