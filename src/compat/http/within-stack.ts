import { validationFailure } from '../../common/errors/field-faults.js';

/**
 * What is made of a body by recursion.
 * @throws GatewayError VALIDATION_ERROR where the body is nested so deeply that the stack ends
 */
export function withinStack<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw validationFailure([{ field: '', message: 'The body is nested too deeply' }]);
  }
}
