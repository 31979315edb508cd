import { validationFailure, type FieldFault } from '../../common/errors/field-faults.js';
import type { VideoOperation } from '../../providers/contract/video-offer.js';
import type { RequestedVideo } from '../store/video-record.js';
import {
  ENHANCEMENT_TYPES,
  type Workflow,
  type WorkflowInput,
  type WorkflowParameters,
  type WorkflowRequest,
} from './workflow.dto.js';

/** What a workflow's request comes to. */
export interface WorkflowWish {
  operation: VideoOperation;
  request: RequestedVideo;
  /** Of the user, or what is said where there is none; '': what is asked for takes none. */
  prompt: string;
  /** The user gave a prompt, and a model is to enhance it. */
  isEnhanced: boolean;
  /** The image or the video that it builds on. */
  source?: { field: string; kind: 'image' | 'video'; url: string };
  /** What of the request makes no difference. */
  warnings: string[];
}

/** What a video model is told where the user says nothing. */
const PROMPTS_OF_OURS: Record<VideoOperation, string> = {
  'text-to-video': '',
  'image-to-video': 'Bring the image to life with natural motion.',
  upscale: '',
  restyle: 'Make the video anew in the style that is named.',
  extend: 'Continue the video as it goes on.',
};

/**
 * Which video is wanted, with what it needs. Pure.
 * @throws GatewayError VALIDATION_ERROR where something that the workflow needs is missing, or something is there that
 *   belongs to another
 */
export function workflowWish({ workflow, ...body }: WorkflowRequest): WorkflowWish {
  const input = given(body.input);
  const parameters = given(body.parameters ?? {});
  const faults = [...inputFaults(workflow, input), ...enhancementFaults(workflow, input, parameters)];
  if (faults.length > 0) throw validationFailure(faults);
  const operation = workflow === 'video-enhancement' ? parameters.enhancementType! : workflow;
  const takesPrompt = operation !== 'upscale';
  return {
    operation,
    request: { workflow, ...parameters },
    prompt: takesPrompt ? (input.text ?? PROMPTS_OF_OURS[operation]) : '',
    isEnhanced: takesPrompt && input.text !== undefined,
    ...sourceOf(input),
    warnings: takesPrompt ? [] : unusedByUpscale(input, parameters),
  };
}

function inputFaults(workflow: Workflow, { text, imageUrl, videoUrl }: Given<WorkflowInput>): FieldFault[] {
  const faults: FieldFault[] = [];
  const need = (field: string, value: unknown) => {
    if (value === undefined) faults.push({ field, message: `${field} is needed for ${workflow}` });
  };
  const refuse = (field: string, value: unknown) => {
    if (value !== undefined) faults.push({ field, message: `${field} must be left out for ${workflow}` });
  };
  if (workflow === 'text-to-video') need('input.text', text);
  (workflow === 'image-to-video' ? need : refuse)('input.imageUrl', imageUrl);
  (workflow === 'video-enhancement' ? need : refuse)('input.videoUrl', videoUrl);
  return faults;
}

function enhancementFaults(
  workflow: Workflow,
  { text }: Given<WorkflowInput>,
  { enhancementType, style }: Given<WorkflowParameters>,
): FieldFault[] {
  const field = 'parameters.enhancementType';
  if (workflow !== 'video-enhancement') {
    return enhancementType === undefined ? [] : [{ field, message: `${field} must be left out for ${workflow}` }];
  }
  if (enhancementType === undefined)
    return [{ field, message: `${field} must be one of ${ENHANCEMENT_TYPES.join(', ')}` }];
  if (enhancementType !== 'restyle' || text !== undefined || style !== undefined) return [];
  return [{ field: 'parameters.style', message: 'parameters.style or input.text is needed to restyle a video' }];
}

function sourceOf({ imageUrl, videoUrl }: Given<WorkflowInput>): Pick<WorkflowWish, 'source'> {
  if (imageUrl !== undefined) return { source: { field: 'input.imageUrl', kind: 'image', url: imageUrl } };
  if (videoUrl !== undefined) return { source: { field: 'input.videoUrl', kind: 'video', url: videoUrl } };
  return {};
}

function unusedByUpscale({ text }: Given<WorkflowInput>, { style }: Given<WorkflowParameters>): string[] {
  return [
    ...(text === undefined ? [] : ['input.text makes no difference to an upscale.']),
    ...(style === undefined ? [] : ['parameters.style makes no difference to an upscale.']),
  ];
}

type Given<T> = { [K in keyof T]: Exclude<T[K], null> };

/** null is as good as absent. */
function given<T extends object>(fields: T): Given<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}
