/** The token under which the parsed environment is injected. */
export const ENVIRONMENT = Symbol('Environment');
