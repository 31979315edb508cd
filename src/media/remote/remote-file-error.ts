/** Why a stranger's file can't be taken: `demand` is what its URL must be instead ('must be …'), in our own words alone. */
export class RemoteFileError extends Error {
  constructor(
    readonly demand: string,
    options?: ErrorOptions,
  ) {
    super(`The URL ${demand}`, options);
    this.name = 'RemoteFileError';
  }
}

/** It is larger than it may be. */
export class RemoteFileTooLargeError extends RemoteFileError {
  constructor(maxBytes: number) {
    super(`must lead to a file of at most ${maxBytes} bytes`);
    this.name = 'RemoteFileTooLargeError';
  }
}

/** Too much is being fetched at once, by whomever. */
export class RemoteFilesBusyError extends RemoteFileError {
  constructor() {
    super('can not be fetched now');
    this.name = 'RemoteFilesBusyError';
  }
}
