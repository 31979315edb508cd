import { Injectable } from '@nestjs/common';
import { BoundedNames } from './bounded-names.js';

const MOST_MODELS = 100;

/** The models that metrics name, on this node. */
@Injectable()
export class ModelNames extends BoundedNames {
  constructor() {
    super(MOST_MODELS);
  }
}
