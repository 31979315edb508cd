import { ValidatorConstraint, type ValidationArguments, type ValidatorConstraintInterface } from 'class-validator';

const MOST_STOPS = 4;
const LONGEST_STOP_CHARACTERS = 256;
/** OpenAI's own limit of inputs in one embedding request. */
const MOST_INPUTS = 2_048;

interface Shape {
  type?: unknown;
  messages?: unknown;
  prompt?: unknown;
}

/** Which of `messages` and `prompt` a type takes, and in what shape. */
@ValidatorConstraint({ name: 'promptOfType' })
export class PromptOfType implements ValidatorConstraintInterface {
  validate(_prompt: unknown, { object }: ValidationArguments): boolean {
    return faultOf(object) === undefined;
  }

  defaultMessage({ object }: ValidationArguments): string {
    return faultOf(object) ?? '';
  }
}

function faultOf({ type, messages, prompt }: Shape): string | undefined {
  const hasMessages = messages !== undefined && messages !== null;
  const hasPrompt = prompt !== undefined && prompt !== null;
  switch (type) {
    case 'chat':
      if (hasPrompt) return "$property does not go with type 'chat'; send messages";
      return hasMessages ? undefined : "messages must be given for type 'chat'";
    case 'completion':
      if (hasMessages === hasPrompt) return "$property or messages must be given for type 'completion', one of them";
      return !hasPrompt || isText(prompt) ? undefined : '$property must be a string of at least 1 character';
    case 'embedding':
      if (hasMessages) return "messages does not go with type 'embedding'; send prompt";
      return isText(prompt) || isTextList(prompt)
        ? undefined
        : `$property must be a string or a list of 1 to ${MOST_INPUTS} strings, none empty`;
    default:
      return undefined; // the type itself is at fault, and says so
  }
}

/** Where the answer ends: one string or up to four. */
@ValidatorConstraint({ name: 'stopSequences' })
export class StopSequences implements ValidatorConstraintInterface {
  validate(stop: unknown): boolean {
    const list = Array.isArray(stop) ? (stop as unknown[]) : [stop];
    return (
      list.length > 0 &&
      list.length <= MOST_STOPS &&
      list.every((each) => isText(each) && each.length <= LONGEST_STOP_CHARACTERS)
    );
  }

  defaultMessage(): string {
    return `$property must be a string or a list of 1 to ${MOST_STOPS} strings of 1 to ${LONGEST_STOP_CHARACTERS} characters`;
  }
}

/** A durable answer comes whole, so that another worker can make it anew when one dies. */
@ValidatorConstraint({ name: 'backgroundIsWhole' })
export class BackgroundIsWhole implements ValidatorConstraintInterface {
  validate(background: unknown, { object }: ValidationArguments): boolean {
    return typeof background === 'boolean' && !(background && (object as { stream?: unknown }).stream === true);
  }

  defaultMessage({ value }: ValidationArguments): string {
    return value === true
      ? '$property goes with stream: false only: its answer comes whole'
      : '$property must be true or false';
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= MOST_INPUTS && value.every(isText);
}
