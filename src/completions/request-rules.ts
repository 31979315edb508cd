import { MOST_FAULTS, type FieldFault } from '../common/errors/field-faults.js';
import type { CompletionRequest } from './completion-request.js';
import { conversationFaults } from './request-conversation.js';
import type { RequestPaths } from './request-paths.js';
import { parametersFault, schemaFault } from './request-schema.js';

/** Of tools and of formats: what both vendors take. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const NAME_RULE = 'must be 1 to 64 letters, digits, _ and -';
/** OpenAI's own limit. */
export const MOST_TOOLS = 128;
const LONGEST_DESCRIPTION_CHARACTERS = 16_384;

type RuledRequest = Pick<CompletionRequest, 'messages' | 'options' | 'maxTokens'>;

/**
 * What is wrong with a request of the right shape, whichever entrance it came by: what a vendor would refuse after the
 * credits were held, or what is too large to be meant. At most MOST_FAULTS.
 */
export function requestFaults(request: RuledRequest, paths: RequestPaths): FieldFault[] {
  return [...toolFaults(request, paths), ...formatFaults(request, paths), ...conversationFaults(request, paths)].slice(
    0,
    MOST_FAULTS,
  );
}

function toolFaults({ options: { tools, toolChoice } }: RuledRequest, paths: RequestPaths): FieldFault[] {
  if (!tools || tools.length === 0)
    return toolChoice === undefined ? [] : [fault(paths.toolChoice, `goes with ${paths.tools} only`)];
  if (tools.length > MOST_TOOLS) return [fault(paths.tools, `must have at most ${MOST_TOOLS} tools`)];
  const faults: FieldFault[] = [];
  const names = new Set<string>();
  for (const [index, { name, description = '', parameters }] of tools.entries()) {
    const path = (field: 'name' | 'description' | 'parameters') => paths.tool(index, field);
    if (!NAME.test(name)) faults.push(fault(path('name'), NAME_RULE));
    else if (names.has(name))
      faults.push(fault(path('name'), `must be another than those before it: '${name}' is one`));
    names.add(name);
    if (description.length > LONGEST_DESCRIPTION_CHARACTERS)
      faults.push(fault(path('description'), `must have at most ${LONGEST_DESCRIPTION_CHARACTERS} characters`));
    const schema = parameters === undefined ? undefined : parametersFault(parameters);
    if (schema !== undefined) faults.push(fault(path('parameters'), schema));
  }
  if (typeof toolChoice === 'object' && !names.has(toolChoice.name))
    faults.push(fault(paths.toolChoice, `must name one of ${paths.tools}`));
  return faults;
}

function formatFaults({ options, maxTokens }: RuledRequest, paths: RequestPaths): FieldFault[] {
  const faults: FieldFault[] = [];
  const { responseFormat, reasoning } = options;
  if (responseFormat?.type === 'json_schema') {
    if (!NAME.test(responseFormat.name)) faults.push(fault(paths.responseFormat('name'), NAME_RULE));
    const schema = schemaFault(responseFormat.schema);
    if (schema !== undefined) faults.push(fault(paths.responseFormat('schema'), schema));
  }
  if (reasoning?.budgetTokens !== undefined && maxTokens !== undefined && reasoning.budgetTokens >= maxTokens)
    faults.push(fault(paths.reasoningBudget, `must be less than ${paths.maxTokens}, of which it is a part`));
  return faults;
}

function fault(field: string, rule: string): FieldFault {
  return { field, message: `${field} ${rule}` };
}
