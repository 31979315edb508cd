import { MOST_TOOLS } from '../../completions/request-rules.js';
import type { JsonSchema, Tool, ToolChoice } from '../../providers/contract/tool.js';
import { defined, FieldReader, isObject, type Faults } from './field-reader.js';
import { readCacheBreakpoint } from './read-content.js';

const TOOL_FIELDS = ['name', 'description', 'parameters', 'strict', 'cacheBreakpoint'];
const CHOICES = ['auto', 'none', 'required'] as const;

/** `tools` of a frame; absent where it is null. */
export function readTools(tools: unknown, faults: Faults): Tool[] | undefined {
  if (tools == null) return undefined;
  if (!Array.isArray(tools) || tools.length === 0) {
    faults.add('tools', 'must be a list of tools {name, description?, parameters?, strict?}');
    return undefined;
  }
  if (tools.length > MOST_TOOLS) {
    faults.add('tools', `must have at most ${MOST_TOOLS} tools`); // none of them is looked at
    return undefined;
  }
  return tools.flatMap((tool: unknown, index) => {
    if (faults.isFull) return [];
    if (isObject(tool)) return [readTool(tool, `tools[${index}]`, faults)];
    faults.add(`tools[${index}]`, 'must be a tool {name, description?, parameters?, strict?}');
    return [];
  });
}

function readTool(tool: Record<string, unknown>, path: string, faults: Faults): Tool {
  const fields = new FieldReader(tool, path, faults, TOOL_FIELDS);
  return defined({
    name: fields.neededText('name'),
    description: fields.text('description'),
    parameters: fields.given('parameters') as JsonSchema | undefined, // request-rules.ts looks at it
    strict: fields.flag('strict'),
    cacheBreakpoint: readCacheBreakpoint(fields, faults),
  });
}

/** `toolChoice` of a frame. */
export function readToolChoice(choice: unknown, faults: Faults): ToolChoice | undefined {
  if (choice == null) return undefined;
  const word = CHOICES.find((each) => each === choice);
  if (word) return word;
  if (isObject(choice)) return { name: new FieldReader(choice, 'toolChoice', faults, ['name']).neededText('name') };
  faults.add('toolChoice', "must be 'auto', 'none', 'required' or {name}");
  return undefined;
}
