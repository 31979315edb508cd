import { serve } from './serve.js';
import { loadEnvironment } from './config/env.js';

await serve(loadEnvironment());
