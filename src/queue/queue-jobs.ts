/**
 * Every queue, the jobs that it carries and what each is told. A queue's name has no ':' (BullMQ refuses it, in job ids
 * too). Payloads are JSON, small, and name things by id: what is known when the job runs is read then.
 */
export interface QueueJobs {
  maintenance: {
    /** Makes the log's next partitions and drops old ones. */
    partitions: NoPayload;
    /** Audits what is new in every account's ledger. */
    'audit-new': NoPayload;
    /** Audits the whole ledger. */
    'audit-all': NoPayload;
    /** Holds what was sealed lately of the audit trail to its seals. */
    'audit-trail': NoPayload;
    /** Lets events of the audit trail go that are older than AUDIT_KEEP_DAYS. */
    'audit-prune': NoPayload;
    /** Drops answers of durable requests that nobody may ask for any more. */
    'drop-answers': NoPayload;
  };
  /** Durable requests (`background: true`). */
  requests: {
    /**
     * Answers one; its payload goes with the job as soon as it has ended. The request is JSON text of its own: PostgreSQL
     * has no JSON value for texts with NUL in them, or with half a character. Roles: of whoever asked; absent where an
     * earlier version queued it.
     */
    answer: { userId: string; roles?: readonly string[]; request: string | object };
  };
  /** Videos: every step is short. A step that is done already does nothing. */
  videos: {
    /** Orders it at a provider. */
    submit: { videoId: string };
    /** Asks how it stands, and comes back later: one delayed job for each video. */
    poll: { videoId: string };
    /** Charges it. */
    settle: { videoId: string };
  };
  /** Finished videos' bytes, from the provider to our own store: few at once, as each takes its time. */
  'video-files': {
    copy: { videoId: string };
  };
  /** Who is told of alerts. */
  alerts: {
    /** Sends a notification to its webhook; nothing where it is not due. */
    deliver: { notificationId: string };
  };
  /** What comes before a video that is made by a workflow: one flow for each. */
  'video-workflows': {
    /** Has its prompt enhanced. */
    enhance: { workflowId: string };
    /** Hands the video on to be made, with the prompt as it is then. */
    generate: { workflowId: string };
  };
}

export type NoPayload = Record<string, never>;
export type QueueName = keyof QueueJobs;
export type JobName<Q extends QueueName> = keyof QueueJobs[Q] & string;
