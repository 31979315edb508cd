import { loadEnvironment } from './config/env.js';
import { work } from './work.js';

await work(loadEnvironment());
