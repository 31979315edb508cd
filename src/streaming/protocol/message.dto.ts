import {
  IsIn,
  IsOptional,
  Length,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import type { TextPart } from '../../providers/contract/content-part.js';

const MOST_PARTS = 1_000;

/** A message's content: text, or a list of text parts. */
@ValidatorConstraint({ name: 'messageContent' })
class MessageContent implements ValidatorConstraintInterface {
  validate(content: unknown): boolean {
    if (typeof content === 'string') return true;
    return Array.isArray(content) && content.length > 0 && content.length <= MOST_PARTS && content.every(isTextPart);
  }

  defaultMessage(): string {
    return `$property must be a string or a list of 1 to ${MOST_PARTS} parts {type: 'text', text: string}`;
  }
}

function isTextPart(part: unknown): part is TextPart {
  if (typeof part !== 'object' || part === null) return false;
  const { type, text, ...rest } = part as Record<string, unknown>;
  return type === 'text' && typeof text === 'string' && Object.keys(rest).length === 0;
}

/** One message of `messages`. */
export class MessageDto {
  @IsIn(['system', 'user', 'assistant'], { message: "$property must be 'system', 'user' or 'assistant'" })
  role!: 'system' | 'user' | 'assistant';

  @Validate(MessageContent)
  content!: string | TextPart[];

  @IsOptional()
  @Length(1, 64, { message: '$property must be a string of 1 to 64 characters' })
  name?: string;
}
