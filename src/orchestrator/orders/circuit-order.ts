/** What an operator may say: nobody asks it any more; it is asked again; and what is known of its failures is forgotten. */
export const CIRCUIT_ACTIONS = ['open', 'close', 'reset'] as const;
export type CircuitAction = (typeof CIRCUIT_ACTIONS)[number];

export const PROVIDER_KINDS = ['text', 'video'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** What an operator said of a provider, or of one of its deployments. */
export interface CircuitOrder {
  kind: ProviderKind;
  /** A provider's id, or a deployment's: 'azure/eu'. */
  target: string;
  action: CircuitAction;
  /** Orders are numbered: the later one holds. */
  revision: bigint;
  at: Date;
  /** The administrator's sub. */
  actor: string;
  reason: string | null;
}
