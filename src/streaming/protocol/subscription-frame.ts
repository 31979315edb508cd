import { validateSync } from 'class-validator';
import { fieldFaults, MOST_FAULTS, unknownField, type FieldFault } from '../../common/errors/field-faults.js';
import { SubscriptionFrameDto } from './subscription-frame.dto.js';

const FIELDS = ['id', 'type', 'channel'];

/** Whether a frame's `type` makes it a subscription's. */
export function isSubscriptionType(type: unknown): boolean {
  return type === 'subscribe' || type === 'unsubscribe';
}

/** Reads a frame of that type. @returns the frame, or what is wrong with it */
export function readSubscription(body: Record<string, unknown>): SubscriptionFrameDto | FieldFault[] {
  const unknown = Object.keys(body).filter((name) => !FIELDS.includes(name));
  if (unknown.length > 0)
    return unknown.slice(0, MOST_FAULTS).map((field) => ({ field, message: unknownField(field, FIELDS) }));
  const frame = Object.assign(new SubscriptionFrameDto(), body);
  const errors = validateSync(frame, { stopAtFirstError: true });
  return errors.length === 0 ? frame : fieldFaults(errors, FIELDS);
}
